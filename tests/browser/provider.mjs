// A certified OpenID Connect provider on loopback: node provider.mjs PORT CALLBACK CLIENT SECRET. It asks for PKCE, signs
// people in on pages of its own, and says no to whatever the standard has it say no to.

import { generateKeyPairSync } from 'node:crypto';

const { Provider } = await import(new URL('../../api/web/node_modules/oidc-provider/lib/index.js', import.meta.url));

const [port, callback, clientId, clientSecret] = process.argv.slice(2);
/** What the office has on record of people. */
const ROLES = { 'smc-dover': { roles: ['sar-duty'], duty: 'MRCC Dover SMC' } };

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: clientId, client_secret: clientSecret, redirect_uris: [callback], grant_types: ['authorization_code'], response_types: ['code'],
    post_logout_redirect_uris: [new URL('/console', callback).href],
  }],
  pkce: { required: () => true },
  claims: { openid: ['sub', 'roles', 'duty'] },
  conformIdTokenClaims: false,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'of-this-test' }] },
  cookies: { keys: ['of this test'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...ROLES[sub] }) }),
});
provider.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
