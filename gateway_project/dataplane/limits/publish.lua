-- Announce a revision ("epoch:number") unless a later one of its epoch is known already.
local known = redis.call('GET', KEYS[1]) or ''
local epoch, number = string.match(ARGV[1], '^(.*):(%d+)$')
local known_epoch, known_number = string.match(known, '^(.*):(%d+)$')
if known_epoch == epoch and tonumber(known_number) >= tonumber(number) then return known end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
