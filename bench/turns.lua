-- Sends the requests of a file in turn. A line: method, path, token, what varies, body; tabs between.
-- Arguments: the file, how many requests went before, what codes begin with. What varies in a body:
--   product OFFSET FIRST PLACES OF   the id @@@@@@@@@@@@@@@: another product each time around
--   code                             the code ####…: never the same one again
local requests, at, prefix = {}, 0, ""
local PRODUCT, CODE = "@@@@@@@@@@@@@@@", string.rep("#", 25)

local function parts(request, mark)
  local from, to = request:find(mark, 1, true)
  return request:sub(1, from - 1), request:sub(to + 1)
end

local function fixed(request)
  return function() return request end
end

local function product(request, offset, first, places, of)
  local head, tail = parts(request, PRODUCT)
  return function(turn)
    return head .. string.format("p%014d", offset + (first + turn % places) % of) .. tail
  end
end

local function code(request)
  local head, tail = parts(request, CODE)
  return function() return head .. string.format("bench-%s-%010d", prefix, at) .. tail end
end

local function read(line)
  local method, path, token, varies, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
  local headers = {}
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  if body ~= "" then headers["Content-Type"] = "application/json" end
  local request = wrk.format(method, path, headers, body ~= "" and body or nil)
  if varies == "code" then return code(request) end
  local offset, first, places, of = varies:match("^product (%d+) (%d+) (%d+) (%d+)$")
  if offset then
    return product(request, tonumber(offset), tonumber(first), tonumber(places), tonumber(of))
  end
  return fixed(request)
end

function init(args)
  for line in io.lines(args[1]) do requests[#requests + 1] = read(line) end
  at, prefix = tonumber(args[2]), args[3]
end

function request()
  local made = requests[at % #requests + 1](math.floor(at / #requests))
  at = at + 1
  return made
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "bytes": %d, "refused": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
