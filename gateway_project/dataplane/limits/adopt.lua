-- Replace the revision that was seen by the one just loaded, unless it moved meanwhile.
if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end
return 0
