-- Give back what one admitted request was charged, to every window that still holds it.
--
-- KEYS  one per window; ARGV  1: the second it was charged in; 2: requests; then the kinds.
local second, cost = ARGV[1], tonumber(ARGV[2])
for i = 1, #KEYS do
  if ARGV[2 + i] == 'minute' then
    local held = tonumber(redis.call('HGET', KEYS[i], second) or '0')
    local back = math.min(held, cost)
    if back > 0 then
      redis.call('HINCRBY', KEYS[i], second, -back)
      redis.call('HINCRBY', KEYS[i], 't', -back)
    end
  else
    local used = tonumber(redis.call('GET', KEYS[i]) or '0')
    if used > 0 then redis.call('DECRBY', KEYS[i], math.min(used, cost)) end
  end
end
return 0
