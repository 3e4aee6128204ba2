/**
 * Takes tokens for many requests of one tenant in one round trip; each takes from all of its buckets or from none. What was
 * given in advance is taken whatever a bucket holds: it may come to owe as much as it can hold.
 *
 * KEYS: the buckets that the requests name, each once. A key holds the time at which its bucket is full, in microseconds of
 *   the server's clock, and expires then. It is read and written once, however many requests share it.
 * ARGV[1]: numbers as one JSON array (an argument each would cost more than all else here): how many requests; then for
 *   each its number of buckets, its cost (0 only looks, negative gives back), 1 if it was given in advance, else 0, and for
 *   each bucket the place of its key, the microseconds for one token and the size.
 * Answers four numbers per request: the place of the bucket that refused (0: allowed), and of that bucket, or the first,
 *   the microseconds to wait, what remains, the microseconds until it is full.
 */
export const takeTokens = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local numbers = cjson.decode(ARGV[1])
local full, changed, answers = {}, {}, {}
for place, value in ipairs(redis.call('MGET', unpack(KEYS))) do full[place] = tonumber(value or 0) end
local arg = 2
for request = 1, numbers[1] do
  local rows, cost, given = numbers[arg], numbers[arg + 1], numbers[arg + 2] == 1
  arg = arg + 3
  local refusing, wait = 0, 0
  local before, after = {}, {}
  for row = 1, rows do
    local at = arg + 3 * row - 3
    local held, interval, size = full[numbers[at]], numbers[at + 1], numbers[at + 1] * numbers[at + 2]
    before[row] = held > now + 2 * size and now or math.max(held, now)
    after[row] = math.max(before[row] + cost * interval, now)
    if given then after[row] = math.min(after[row], now + 2 * size) end
    local over = after[row] - now - size
    if cost > 0 and not given and over > wait then refusing, wait = row, over end
  end
  if refusing == 0 and cost ~= 0 then
    for row = 1, rows do
      local place = numbers[arg + 3 * row - 3]
      full[place], changed[place] = after[row], true
    end
  end
  local told = math.max(refusing, 1)
  local left = (refusing == 0 and after[told] or before[told]) - now
  local interval, size = numbers[arg + 3 * told - 2], numbers[arg + 3 * told - 2] * numbers[arg + 3 * told - 1]
  local answer = 4 * request - 3
  answers[answer], answers[answer + 1] = refusing, wait
  answers[answer + 2], answers[answer + 3] = math.max(0, math.floor((size - left) / interval)), left
  arg = arg + 3 * rows
end
for place in pairs(changed) do
  local ttl = math.ceil((full[place] - now) / 1000)
  if ttl > 0 then
    redis.call('SET', KEYS[place], string.format('%.0f', full[place]), 'PX', ttl)
  else
    redis.call('DEL', KEYS[place])
  end
end
return answers
`;

/**
 * Says that a process lives, and counts those that do.
 *
 * KEYS[1]: sorted set of processes, scored by the time until which each is believed to live.
 * ARGV: the process's id, the milliseconds for which it is believed (0: it is going).
 * Answers the number of living processes.
 */
export const countNodes = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[2])
if ttl > 0 then
  redis.call('ZADD', KEYS[1], now + ttl, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ttl)
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZCARD', KEYS[1])
`;
