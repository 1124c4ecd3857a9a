-- One request per key, made before the run: while it runs, wrk only picks the next one.
-- Arguments after --: file with one key per line, file with the body.
local requests = {}
local at = 0

function init(arguments)
  local file = assert(io.open(arguments[2], "rb"))
  local body = file:read("*a")
  file:close()
  for key in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", "/v1/chat/completions", {
      ["Content-Type"] = "application/json",
      ["Authorization"] = "Bearer " .. key,
    }, body)
  end
  at = math.random(#requests)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99)))
end
