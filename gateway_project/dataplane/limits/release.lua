-- Give back what one admitted request was charged, to every month that still holds it.
--
-- KEYS  one per month; ARGV  1: requests.
for i = 1, #KEYS do
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  if used > 0 then redis.call('DECRBY', KEYS[i], math.min(used, tonumber(ARGV[1]))) end
end
return 0
