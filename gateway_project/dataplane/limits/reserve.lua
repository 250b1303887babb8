-- Charge one request to every window at once, or to none.
--
-- KEYS  1: the revision of the configuration; then one key per window.
-- ARGV  1: the caller's revision; 2: requests to charge (0 only looks);
--       then per window its kind ("minute", "month" or "parallel") and its limit;
--       where one is parallel, at the end the lease's name and its seconds.
-- Returns {state, revision, now, (used, retry_at) per window}:
--   state 0 admitted, n > 0 refused by window n, -1 the caller's revision is not the
--   current one, -2 - n window n (a month) has no counter yet. Only 0 charges anything.
--
-- A minute is a ring of one-second buckets: a hash of second -> requests, with the total
-- in "t" and the last second seen in "l". A bucket leaves 61 seconds after its second
-- began, 60 after it ended, so no span of 60 seconds ever holds more than the limit.
--
-- Calls at a time are leases: a sorted set of names by the second they run out in, for a
-- call whose worker was killed is given back by nobody else.
local SPAN = 61
local revision = redis.call('GET', KEYS[1]) or ''
local now = tonumber(redis.call('TIME')[1])
-- An empty store has announced nothing, so nobody is up to date with it.
if revision == '' or revision ~= ARGV[1] then return {-1, revision, now} end
local cost = tonumber(ARGV[2])

local function minute_total(key)
  local total, last = unpack(redis.call('HMGET', key, 't', 'l'))
  total = tonumber(total or '0')
  if total == 0 then return 0 end
  last = tonumber(last)
  if now - last >= SPAN then
    redis.call('DEL', key)
    return 0
  end
  for second = last - SPAN + 1, now - SPAN do
    local gone = redis.call('HGET', key, second)
    if gone then
      total = total - tonumber(gone)
      redis.call('HDEL', key, second)
    end
  end
  redis.call('HSET', key, 't', total, 'l', math.max(last, now))
  return total
end

-- When the oldest requests have left so that one more fits.
local function minute_frees(key, total, limit)
  for second = now - SPAN + 1, now do
    total = total - tonumber(redis.call('HGET', key, second) or '0')
    if total + 1 <= limit then return second + SPAN end
  end
  return now + SPAN
end

local reply, refused = {0, revision, now}, 0
for i = 2, #KEYS do
  local kind, limit = ARGV[2 * i - 1], tonumber(ARGV[2 * i])
  local used, retry_at
  if kind == 'minute' then
    used, retry_at = minute_total(KEYS[i]), 0
    if used + math.max(cost, 1) > limit then
      retry_at = minute_frees(KEYS[i], used, limit)
    end
  elseif kind == 'parallel' then
    redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
    used, retry_at = redis.call('ZCARD', KEYS[i]), 0
    if used + math.max(cost, 1) > limit then retry_at = now + 1 end
  else
    used, retry_at = redis.call('GET', KEYS[i]), 0
    if not used then return {-2 - (i - 1), revision, now} end
    used = tonumber(used)
  end
  if cost > 0 and refused == 0 and used + cost > limit then refused = i - 1 end
  reply[#reply + 1] = used
  reply[#reply + 1] = retry_at
end
reply[1] = refused
if refused > 0 or cost == 0 then return reply end

for i = 2, #KEYS do
  if ARGV[2 * i - 1] == 'minute' then
    redis.call('HINCRBY', KEYS[i], 't', cost)
    redis.call('HINCRBY', KEYS[i], now, cost)
    redis.call('HSET', KEYS[i], 'l', now)
    redis.call('EXPIRE', KEYS[i], SPAN + 1)
  elseif ARGV[2 * i - 1] == 'parallel' then
    local lease, seconds = ARGV[#ARGV - 1], tonumber(ARGV[#ARGV])
    redis.call('ZADD', KEYS[i], now + seconds, lease)
    -- It outlives its longest lease, whichever that is.
    local lives = math.max(redis.call('TTL', KEYS[i]), seconds + 1)
    redis.call('EXPIRE', KEYS[i], lives)
  else
    redis.call('INCRBY', KEYS[i], cost)
  end
end
return reply
