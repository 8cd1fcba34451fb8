/** One HTTP exchange over a real socket, as a phone's network stack makes it. */
import http from 'node:http';
import https from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const MOST_REDIRECTS = 5;
const DECODERS = { br: brotliDecompressSync, deflate: inflateSync, gzip: gunzipSync };

/** What every request carries, whatever the mini program sets. */
const PHONE_HEADERS = {
  'accept-encoding': 'gzip, deflate, br',
  referer: 'https://servicewechat.com/wx0123456789abcdef/42/page-frame.html',
  'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) MicroMessenger/8.0.60 Language/zh_CN',
};

/** Connections that are kept open between requests; at most `most` at once. */
export function connections(most) {
  return {
    http: new http.Agent({ keepAlive: true, maxSockets: most }),
    https: new https.Agent({ keepAlive: true, maxSockets: most }),
    close() {
      this.http.destroy();
      this.https.destroy();
    },
  };
}

/**
 * Send a request and follow redirects, as `redirect: 'follow'` does: a POST becomes a GET but for 307 and 308.
 *
 * @param request `{ method, url, headers, body }`.
 * @param signal ends the exchange when it is aborted.
 * @returns `{ status, headers, bytes }`; `headers` are pairs as the server sent them.
 */
export async function exchange(request, { agents, redirect = 'follow', signal }) {
  let asked = request;
  for (let followed = 0; ; followed += 1) {
    const answer = await send(asked, agents, signal);
    const location = answer.headers.find(([name]) => name.toLowerCase() === 'location');
    const moved = answer.status >= 300 && answer.status < 400 && location;
    if (!moved || redirect === 'manual') return answer;
    if (followed === MOST_REDIRECTS) throw new Error('net::ERR_TOO_MANY_REDIRECTS');
    asked = redirected(asked, answer.status, location[1]);
  }
}

function redirected(request, status, location) {
  const url = new URL(location, request.url).href;
  if (status === 307 || status === 308 || request.method === 'HEAD') return { ...request, url };
  const { 'content-type': _, ...headers } = request.headers;
  return { method: 'GET', url, headers, body: null };
}

function send({ method, url, headers, body }, agents, signal) {
  const address = new URL(url);
  const secure = address.protocol === 'https:';
  const sent = { ...headers, ...PHONE_HEADERS };
  if (body !== null) sent['content-length'] = Buffer.byteLength(body);
  else if (method === 'POST' || method === 'PUT') sent['content-length'] = 0;
  return new Promise((resolve, reject) => {
    const options = { method, headers: sent, agent: secure ? agents.https : agents.http, signal };
    const request = (secure ? https : http).request(address, options, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve({
        status: answer.statusCode,
        headers: pairs(answer.rawHeaders),
        bytes: decoded(Buffer.concat(parts), answer.headers['content-encoding']),
      }));
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

function pairs(raw) {
  return raw.filter((_, place) => place % 2 === 0).map((name, place) => [name, raw[place * 2 + 1]]);
}

function decoded(bytes, encoding) {
  const decode = DECODERS[encoding];
  return decode && bytes.length ? decode(bytes) : bytes;
}
