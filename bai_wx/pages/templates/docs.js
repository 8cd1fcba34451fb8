'use strict';

const SCHEME = 'BearerAuth';

/** What Scalar knows of the caller: the contract's one scheme, with a token or without. */
const authentication = (token) => ({
  preferredSecurityScheme: SCHEME,
  ...(token && { securitySchemes: { [SCHEME]: { token } } }),
});

const reference = Scalar.createApiReference('#reference', {
  url: '/pb/api/openapi.json',
  servers: [{ url: location.origin, description: '本服务器' }],
  localization: { locale: 'zh-CN' },
  authentication: authentication(''),
  // Everything that would ask another server.
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
});

/** Logs in as a user of the demo shop, and gives Scalar the token. Throws where the server refuses. */
async function fetchToken(name) {
  const answer = await fetch('/pb/api/wechat/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ users_wx_code: `demo-${name}` }),
  });
  const { token, errMsg } = await answer.json();
  if (!answer.ok) throw new Error(errMsg);
  reference.updateConfiguration({ ...reference.getConfiguration(), authentication: authentication(token) });
}

document.getElementById('demo')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const said = document.getElementById('said');
  try {
    await fetchToken(document.getElementById('name').value);
    said.textContent = '令牌已填入';
    said.className = '';
  } catch (problem) {
    said.textContent = problem.message;
    said.className = 'bad';
  }
});
