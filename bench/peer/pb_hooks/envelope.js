/// The contract's envelope, its errors, and what bodies are checked with.

function Refusal(status, code, message, fields) {
  this.status = status;
  this.code = code;
  this.message = message;
  this.fields = fields || {};
}

const invalid = (fields) => new Refusal(400, "validation_failed", "参数有误", fields);

/// Call `work(e, body)`, which returns [message, data, beside], and write its answer.
/// The keys of `beside` stand at the top level too.
function answer(e, work) {
  let reply;
  try {
    const [message, data, beside] = work(e, readBody(e));
    reply = [200, { statusCode: 200, errMsg: message, data, ...beside }];
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    const data = { code: problem.code, fields: problem.fields };
    reply = [problem.status, { statusCode: problem.status, errMsg: problem.message, data }];
  }
  return e.json(...reply);
}

/// Quicker than `e.requestInfo()`, which collects headers and query too.
function readBody(e) {
  const text = toString(e.request.body);
  let body;
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    throw invalid({});
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid({});
  return body;
}

/// The user behind the request, the guest refused.
function user(e) {
  if (!e.auth || e.auth.getString("users_status") !== "active") {
    throw new Refusal(401, "unauthorized", "请先登录");
  }
  return e.auth;
}

/// Check a body: `rules` holds a test and a message by name, `required` the names that must be there.
function check(body, rules, required = []) {
  const fields = {};
  for (const name in body) {
    if (!rules[name]) fields[name] = "未知字段";
    else if (!rules[name][0](body[name])) fields[name] = rules[name][1];
  }
  for (const name of required) {
    if (body[name] === undefined) fields[name] = "必填";
  }
  for (const _ in fields) throw invalid(fields);
}

const isText = (min, max) => (it) => typeof it === "string" && it.length >= min && it.length <= max;
const isInteger = (min, max) => (it) => Number.isInteger(it) && it >= min && it <= max;

/// The test of a key that may be left out by `""` and null too.
const leftOutOr = (test) => (it) => it === "" || it === null || test(it);

/// Rules of keys whose values count for nothing.
const ignored = (...names) => Object.fromEntries(names.map((name) => [name, [() => true, ""]]));

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A business id that sorts by time.
function businessId(prefix) {
  let time = Date.now();
  let head = "";
  for (let n = 0; n < 10; n++) {
    head = CROCKFORD[time % 32] + head;
    time = Math.floor(time / 32);
  }
  return `${prefix}-${head}${$security.randomStringWithAlphabet(16, CROCKFORD)}`;
}

/// A moment as records hold it.
const stamp = () => new Date().toISOString().replace("T", " ");

/// A number people read aloud: when, then random digits; 24 of them.
const readableNumber = (now) =>
  now.replace(/\D/g, "") + $security.randomStringWithAlphabet(7, "0123456789");

const recordId = () => $security.randomStringWithAlphabet(15, "abcdefghijklmnopqrstuvwxyz0123456789");

const fen = (yuan) => Math.round(yuan * 100);

module.exports = {
  Refusal, invalid, answer, user, check, isText, isInteger, leftOutOr, ignored, businessId, stamp, readableNumber, recordId, fen,
};
