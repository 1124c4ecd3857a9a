// A certified OpenID provider on loopback. Usage: node server.mjs PORT
// Anybody signs in with any password; PEOPLE have groups and roles. Access tokens are JSON web tokens or opaque, by the resource that is
// asked for. POST /test/rotate replaces the signing keys, as an operator would do by a restart; nothing else is of the test's making.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const PEOPLE = {
  alice: { groups: ['physics', 'chess'], roles: ['operator'] },
  bob: { groups: ['chess'], roles: [] },
};

const RESOURCES = {
  'urn:gateway:jwt': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
  'urn:gateway:opaque': { accessTokenFormat: 'opaque' },
  'urn:other': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
};

const PERSONAL = {
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
};

// The command line tool: a public client. The other one's tokens live so shortly that each use renews them.
const TOOL = {
  ...PERSONAL,
  token_endpoint_auth_method: 'none',
  grant_types: [...PERSONAL.grant_types, 'urn:ietf:params:oauth:grant-type:device_code'],
};

const PROGRAM = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };

const configuration = () => ({
  clients: [
    { client_id: 'app', client_secret: 'app-secret', ...PERSONAL },
    { client_id: 'brief', client_secret: 'brief-secret', ...PERSONAL },
    { client_id: 'cli', ...TOOL },
    { client_id: 'cli-brief', ...TOOL },
    { client_id: 'nightly', client_secret: 'nightly-secret', ...PROGRAM },
    { client_id: 'gateway', client_secret: 'gateway secret+/=', grant_types: [], response_types: [], redirect_uris: [] },
  ],
  jwks: { keys: [signingKey()] },
  cookies: { keys: ['a cookie key for loopback only'] },
  scopes: ['openid', 'offline_access'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: (_, token) => PEOPLE[token.accountId],
  ttl: {
    AccessToken: (_, token) => ({ brief: 2, 'cli-brief': 50 })[token.clientId] ?? 3600,
    ClientCredentials: 3600,
    Grant: 86400,
    Interaction: 3600,
    Session: 86400,
  },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === 'gateway' },
    revocation: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({ scope: 'chat models', audience: resource, ...RESOURCES[resource] }),
    },
  },
});

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

const serve = () => new Provider(issuer, configuration()).callback();
let handle = serve();

createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    handle = serve();
    response.writeHead(204).end();
    return;
  }

  handle(request, response);
}).listen(port, '127.0.0.1', () => console.log('listening'));
