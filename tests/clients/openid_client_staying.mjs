// Stays signed in with openid-client: prints where to send the browser, and reads where
// it came back to. Then it asks the site who it is for each further line, renews its
// tokens when the site refuses the one it has, and prints what it has afterwards.
//
//     node openid_client_staying.mjs http://127.0.0.1:8080/Plone CLIENT_ID [SECRET]

import * as client from 'openid-client'
import { createInterface } from 'node:readline'

const [site, clientId, secret] = process.argv.slice(2)
const redirectUri = 'https://app.example.org/cb'
const config = await client.discovery(
  new URL(site),
  clientId,
  undefined,
  secret ? client.ClientSecretBasic(secret) : client.None(),
  { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
)
const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'plone.read plone.write',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
})
console.log(url.href)

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const cameBack = new URL((await lines.next()).value)
let tokens = await client.authorizationCodeGrant(config, cameBack, {
  pkceCodeVerifier: verifier,
  expectedState: state,
})

const ask = async () => {
  const answer = await client.fetchProtectedResource(
    config,
    tokens.access_token,
    new URL(`${site}/@users/alice`),
    'GET',
    undefined,
    new Headers({ Accept: 'application/json' }),
  )
  return (await answer.json()).id
}

const stay = async () => {
  try {
    return await ask()
  } catch (error) {
    if (error.status !== 401) throw error
    tokens = await client.refreshTokenGrant(config, tokens.refresh_token)
    return ask()
  }
}

do {
  const user = await stay()
  console.log(JSON.stringify({ user, ...tokens }))
} while (!(await lines.next()).done)
