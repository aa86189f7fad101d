// Lets a person of a Plone site sign in: prints where to send the browser, reads where it
// came back to, and asks the site who that is.
//
//     node openid_client_sign_in.mjs https://www.example.org CLIENT_ID [SECRET]

import * as client from 'openid-client'
import { createInterface } from 'node:readline/promises'

const [site, clientId, secret] = process.argv.slice(2)
const redirectUri = 'https://app.example.org/cb'

const local = new URL(site).protocol === 'http:'
const config = await client.discovery(
  new URL(site),
  clientId,
  undefined,
  secret ? client.ClientSecretBasic(secret) : client.None(),
  {
    algorithm: 'oauth2',
    // Only for a site on this computer.
    execute: local ? [client.allowInsecureRequests] : [],
  },
)

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'plone.read',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
})
console.log(url.href)

const terminal = createInterface({ input: process.stdin })
const cameBack = new URL(await terminal.question(''))
terminal.close()
const tokens = await client.authorizationCodeGrant(config, cameBack, {
  pkceCodeVerifier: verifier,
  expectedState: state,
})
const answer = await client.fetchProtectedResource(
  config,
  tokens.access_token,
  new URL(`${site}/@users/alice`),
  'GET',
  undefined,
  new Headers({ Accept: 'application/json' }),
)
console.log(JSON.stringify({ scope: tokens.scope, user: (await answer.json()).id }))
