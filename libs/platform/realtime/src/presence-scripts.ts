/*
 * Presence of a tenant in Redis: a sorted set of its devices, `user|gateway|number`, scored by the time until which each is
 * believed to be there, and a hash of its users. A user's value begins with `v` or `i` (visible, invisible), then has an
 * entry for each device, a letter and `gateway|number` and `;`. The letter says what the device is: `o` online, `a` away,
 * `O` or `A` the same before it went, which counts for a moment longer.
 */
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function statusOf(value)
  if not value or value:sub(1, 1) == 'i' then return 'offline' end
  local found = {}
  for letter in value:sub(2):gmatch('(%a)[^;]*;') do found[letter] = true end
  if found.o then return 'online' elseif found.a then return 'away'
  elseif found.O then return 'online' elseif found.A then return 'away' end
  return 'offline'
end
local function letterOf(value, device)
  for _, letter in ipairs({'o', 'a', 'O', 'A'}) do
    if value:find(letter .. device .. ';', 2, true) then return letter end
  end
end
local function replaced(value, device, letter, by)
  local from, to = value:find(letter .. device .. ';', 2, true)
  return value:sub(1, from - 1) .. by .. value:sub(to + 1)
end
`;

/** A tenant of which nothing is heard for so long has nobody left; its keys go by themselves. */
const keysLastMs = 300_000;

/**
 * Says of devices that they are there, and what each is.
 *
 * KEYS: the devices, the users, when this tenant's presence began to be kept. ARGV: for how many milliseconds they are
 * believed; then user, device, letter and `v` or `i` of each. The user's own `v` or `i` stands where there is one already.
 * Answers, for each whose user is another than it was, or stands otherwise than was said: user, status before, status
 * after, `v` or `i`.
 */
export const renewPresence = `${prelude}
local ttl = tonumber(ARGV[1])
local answers = {}
for place = 2, #ARGV, 4 do
  local user, device, letter, sight = ARGV[place], ARGV[place + 1], ARGV[place + 2], ARGV[place + 3]
  redis.call('ZADD', KEYS[1], now + ttl, user .. '|' .. device)
  local before = redis.call('HGET', KEYS[2], user)
  local value = before or sight
  if not value:find(letter .. device .. ';', 2, true) then
    local old = letterOf(value, device)
    if old then value = replaced(value, device, old, letter .. device .. ';')
    else value = value .. letter .. device .. ';' end
    redis.call('HSET', KEYS[2], user, value)
  end
  local was, is = statusOf(before), statusOf(value)
  if was ~= is or value:sub(1, 1) ~= sight then
    for _, word in ipairs({user, was, is, value:sub(1, 1)}) do answers[#answers + 1] = word end
  end
end
redis.call('SET', KEYS[3], now, 'NX')
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${keysLastMs}) end
return answers
`;

/**
 * Says of devices that they went. They count for a moment longer: most that go come back.
 *
 * KEYS: the devices, the users. ARGV: for how many milliseconds they count; then user and device of each.
 * Answers user, status before, status after, `v` or `i` of each user whose status is another.
 */
export const leavePresence = `${prelude}
local grace = tonumber(ARGV[1])
local answers = {}
for place = 2, #ARGV, 2 do
  local user, device = ARGV[place], ARGV[place + 1]
  local before = redis.call('HGET', KEYS[2], user)
  local letter = before and letterOf(before, device)
  if letter then
    redis.call('ZADD', KEYS[1], now + grace, user .. '|' .. device)
    local value = replaced(before, device, letter, letter:upper() .. device .. ';')
    redis.call('HSET', KEYS[2], user, value)
    local was, is = statusOf(before), statusOf(value)
    if was ~= is then
      for _, word in ipairs({user, was, is, value:sub(1, 1)}) do answers[#answers + 1] = word end
    end
  end
end
return answers
`;

/**
 * Makes a user visible or invisible.
 *
 * KEYS[1]: the users. ARGV: the user, `v` or `i`. Answers as `leavePresence`; nothing for a user without devices.
 */
export const choosePresence = `${prelude}
local before = redis.call('HGET', KEYS[1], ARGV[1])
if not before then return {} end
local value = ARGV[2] .. before:sub(2)
redis.call('HSET', KEYS[1], ARGV[1], value)
local was, is = statusOf(before), statusOf(value)
if was == is then return {} end
return {ARGV[1], was, is, ARGV[2]}
`;

/**
 * Takes out the devices whose time is over.
 *
 * KEYS: the devices, the users. ARGV: how many at most, for how many milliseconds a device that went counts, for how many
 * one is believed. Answers first how many were taken out; then, for each user that has no device left: user, status before
 * (`unknown` where that was lost), `v` or `i`, the milliseconds at which it was seen last.
 * Then, after an empty word, user, status before, status after, `v` or `i` of those who still have one and are another.
 */
export const sweepPresence = `${prelude}
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
local answers, changed = {#ended / 2}, {''}
for place = 1, #ended, 2 do
  local member, score = ended[place], tonumber(ended[place + 1])
  redis.call('ZREM', KEYS[1], member)
  local user, device = member:match('^(.*)|([^|]*|[^|]*)$')
  local before = redis.call('HGET', KEYS[2], user)
  local letter = before and letterOf(before, device)
  local value = before
  if letter then value = replaced(before, device, letter, '') end
  local ghost = not letter or letter == letter:lower()
  local seen = score - (ghost and ARGV[3] or ARGV[2])
  if not value or #value == 1 then
    redis.call('HDEL', KEYS[2], user)
    local was = before and statusOf(before) or 'unknown'
    for _, word in ipairs({user, was, before and before:sub(1, 1) or 'v', string.format('%.0f', seen)}) do
      answers[#answers + 1] = word
    end
  elseif letter then
    redis.call('HSET', KEYS[2], user, value)
    local was, is = statusOf(before), statusOf(value)
    if was ~= is then
      for _, word in ipairs({user, was, is, value:sub(1, 1)}) do changed[#changed + 1] = word end
    end
  end
end
for _, word in ipairs(changed) do answers[#answers + 1] = word end
return answers
`;

/**
 * Tells what users are.
 *
 * KEYS: the users, when this tenant's presence began to be kept. ARGV: the users.
 * Answers the milliseconds for which it was kept (-1: not at all), then status and `v`, `i` or `-` (no device) of each.
 */
export const readPresence = `${prelude}
local since = redis.call('GET', KEYS[2])
local answers = {since and now - since or -1}
for _, value in ipairs(redis.call('HMGET', KEYS[1], unpack(ARGV))) do
  answers[#answers + 1] = statusOf(value)
  answers[#answers + 1] = value and value:sub(1, 1) or '-'
end
return answers
`;
