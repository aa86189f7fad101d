// Logs a person in with their account of a Plone site: prints where to send the browser,
// reads where it came back to, and prints who that is and where the person logs out.
//
//     node openid_client_log_in.mjs https://www.example.org CLIENT_ID SECRET

import * as client from 'openid-client'
import { createInterface } from 'node:readline/promises'

const [site, clientId, secret] = process.argv.slice(2)
const redirectUri = 'https://app.example.org/cb'

const local = new URL(site).protocol === 'http:'
const config = await client.discovery(new URL(site), clientId, secret, undefined, {
  // Only for a site on this computer.
  execute: local ? [client.allowInsecureRequests] : [],
})

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'openid email',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  max_age: '3600',
  state,
  nonce,
})
console.log(url.href)

const terminal = createInterface({ input: process.stdin })
const cameBack = new URL(await terminal.question(''))
terminal.close()
const tokens = await client.authorizationCodeGrant(config, cameBack, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  maxAge: 3600,
})
const { sub } = tokens.claims()
const { email } = await client.fetchUserInfo(config, tokens.access_token, sub)
const logOut = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: 'https://app.example.org/bye',
})
console.log(JSON.stringify({ sub, email, logOut: logOut.href }))
