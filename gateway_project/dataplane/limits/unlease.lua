-- End a lease at every level that holds it.
--
-- KEYS  one sorted set per level; ARGV  1: the lease's name.
for i = 1, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
return 0
