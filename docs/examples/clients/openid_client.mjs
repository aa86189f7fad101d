// openid-client: node openid_client.mjs keyfile.json https://www.example.org
import { importPKCS8 } from 'jose'
import { readFile } from 'node:fs/promises'
import * as oauth from 'openid-client'

const [path, site] = process.argv.slice(2)
const keyfile = JSON.parse(await readFile(path, 'utf8'))
const key = await importPKCS8(keyfile.private_key, keyfile.algorithm)
const config = await oauth.discovery(
  new URL(site),
  keyfile.client_id,
  undefined,
  oauth.PrivateKeyJwt({ key, kid: keyfile.key_id }),
  { execute: site.startsWith('http:') ? [oauth.allowInsecureRequests] : [] },
)
const token = await oauth.clientCredentialsGrant(config, { scope: 'plone.read' })
const answer = await oauth.fetchProtectedResource(
  config,
  token.access_token,
  new URL(`${site}/@users/${keyfile.user_id}`),
  'GET',
  null,
  new Headers({ Accept: 'application/json' }),
)
console.log(JSON.stringify({ scope: token.scope, user: (await answer.json()).id }))
await oauth.tokenRevocation(config, token.access_token)
