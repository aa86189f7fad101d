"""Steps in any order, and what must hold after each of them."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from pas.plugins.tokenauth import permissions
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.credentials import maintenance
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.credentials.service import revoke_issued_before
from pas.plugins.tokenauth.personaltokens.kind import PERSONAL_ACCESS_TOKEN
from pas.plugins.tokenauth.servicekeys.kind import SERVICE_KEY
from pas.plugins.tokenauth.usage.writer import trim_log
from tests.credentials.doing import change_credential
from tests.credentials.doing import rotate_service_key
from tests.states import light
from tests.states import model
from tests.states.counted import CountedStates
from tests.states.model import Credential
from tests.states.model import KeyPair
from tests.states.model import Model
from tests.states.model import Token
from tests.states.model import UsedIdentifier
from tests.states.model import User
from tests.states.world import REFUSALS
from tests.states.world import World
from typing import Any

import itertools
import jwt


START = 1_800_000_000.0
HOUR = 60 * 60
DAY = 24 * HOUR
MAX_TOKENS = 16
MAX_CREDENTIALS = 8
MAX_KEY_PAIRS = 3

users = st.sampled_from(model.USERS)
addresses = st.sampled_from([model.V4, *model.ADDRESSES])
ranges = st.sampled_from(list(model.RANGES))
scopes = st.sampled_from(list(model.SCOPES))
roles = st.sets(st.sampled_from(model.ROLES), max_size=2)
switches = st.booleans()
picks = st.integers(0, 1000)
#: Rather often nothing; else seconds from now.
lifetimes = st.sampled_from([None, None, HOUR / 2, 2 * HOUR, 2 * DAY, 30 * DAY])
#: Somebody with a user id, the owner, or the operator of the server.
requesters = st.sampled_from(["owner", "owner", "operator", *model.USERS])


class States(CountedStates):
    """See model.py for what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(START)
        self.world = World(type(self).new_database(), START)
        self._grants: list[tuple[str, Credential, str | None, float]] = []
        self._numbers = itertools.count()

    @initialize()
    def people(self) -> None:
        for user_id, role in zip(model.USERS, model.ROLES, strict=False):
            self.world.do(self.world.add_user, user_id, {role}, True)
            self.model.create(user_id, {role}, True)
        self.change_permissions(True, False)
        for owner in ("ann", "cay"):
            self.issue_key(
                owner,
                by_operator=False,
                ip_ranges="",
                lifetime=None,
                scopes=(model.WRITE,),
                may_impersonate=owner == "ann",
                require_jti=False,
            )
        for number, subject in enumerate([None, None, "cay"]):
            self.exchange(number, 0, model.V4, subject, "new", "")

    # -- people -------------------------------------------------------------------

    @rule(user_id=users, told=switches)
    def delete_user(self, user_id: str, told: bool) -> None:
        if self.model.exists(user_id):
            self._step("delete a user")
            self.world.do(self.world.delete_user, user_id, told)
            self.model.delete(user_id, told)

    @rule(user_id=users, roles=roles, told=switches)
    def create_user(self, user_id: str, roles: set[str], told: bool) -> None:
        if not self.model.exists(user_id):
            self._step("create a user of the same id")
            self.world.do(self.world.add_user, user_id, roles, told)
            self.model.create(user_id, roles, told)

    @rule(user_id=users, roles=roles)
    def change_roles(self, user_id: str, roles: set[str]) -> None:
        self._step("change roles")

        def change(server: Any) -> None:
            manager = server.portal.acl_users.roles
            for role in self.model.users[user_id].roles:
                manager.removeRoleFromPrincipal(role, user_id)
            for role in roles:
                manager.assignRoleToPrincipal(role, user_id)

        self.world.do(change)
        self.model.users[user_id].roles = roles

    @rule(user_id=users)
    def change_group(self, user_id: str) -> None:
        self._step("change a group")
        user: User = self.model.users[user_id]

        def change(server: Any) -> None:
            groups = server.portal.acl_users.groups
            if user.in_group:
                groups.removePrincipalFromGroup(user_id, model.GROUP)
            else:
                groups.addPrincipalToGroup(user_id, model.GROUP)

        self.world.do(change)
        user.in_group = not user.in_group

    @rule(editors=switches, deputies=switches)
    def change_permissions(self, editors: bool, deputies: bool) -> None:
        self._step("change permissions")
        have_keys = {"Manager", "Site Administrator"} | (
            {"Editor"} if editors else set()
        )
        impersonate = {"Manager"} | ({"Deputy"} if deputies else set())

        def change(server: Any) -> None:
            for permission, roles in (
                (permissions.MANAGE_OWN_SERVICE_KEYS, have_keys),
                (permissions.MANAGE_OWN_PERSONAL_ACCESS_TOKENS, have_keys),
                (permissions.IMPERSONATE_USER, impersonate),
            ):
                server.portal.manage_permission(permission, list(roles))

        self.world.do(change)
        self.model.have_keys, self.model.impersonate = have_keys, impersonate

    # -- credentials --------------------------------------------------------------

    @precondition(lambda self: len(self.model.credentials) < MAX_CREDENTIALS)
    @rule(
        owner=users,
        by_operator=switches,
        ip_ranges=ranges,
        lifetime=lifetimes,
        scopes=scopes,
        may_impersonate=switches,
        require_jti=switches,
    )
    def issue_key(
        self,
        owner: str,
        by_operator: bool,
        ip_ranges: str,
        lifetime: float | None,
        scopes: tuple[str, ...],
        may_impersonate: bool,
        require_jti: bool,
    ) -> None:
        if not self.model.exists(owner):
            return
        requester = None if by_operator else owner
        is_allowed = by_operator or self.model.may_have_keys(owner)
        if may_impersonate and not self.model.may_let_impersonate(requester, owner):
            is_allowed = False
        options = {
            "ip_ranges": ip_ranges,
            "expires_at": self._at(lifetime),
            "scopes": scopes,
            "may_impersonate": may_impersonate,
            "require_jti": require_jti,
        }

        def issue(server: Any) -> Any:
            return SERVICE_KEY.issue(
                server,
                self.world.requester(server, requester),
                dict(title="A key", **options),
                self.model.now,
                str(next(self._numbers)),
                material={"algorithm": "EdDSA"},
                owner=owner,
            ).keyfile

        keyfile = self._attempt("issue a key", is_allowed, issue)
        if keyfile is not None:
            self.model.forget_ended()
            pair = KeyPair(keyfile["private_key"], keyfile["key_id"])
            self.model.credentials.append(
                Credential(
                    keyfile["client_id"],
                    owner,
                    key_pairs=[pair],
                    issued_at=self.model.now,
                    **options,
                )
            )

    @precondition(lambda self: len(self.model.tokens) < MAX_TOKENS)
    @precondition(lambda self: len(self.model.credentials) < MAX_CREDENTIALS)
    @rule(
        owner=users,
        by_operator=switches,
        ip_ranges=ranges,
        lifetime=st.sampled_from([HOUR / 2, 2 * DAY, 30 * DAY]),
        scopes=scopes,
    )
    def issue_personal_access_token(
        self,
        owner: str,
        by_operator: bool,
        ip_ranges: str,
        lifetime: float,
        scopes: tuple[str, ...],
    ) -> None:
        if not self.model.exists(owner):
            return
        is_allowed = by_operator or self.model.may_have_keys(owner)
        options = {
            "ip_ranges": ip_ranges,
            "expires_at": self._at(lifetime),
            "scopes": scopes,
        }

        def issue(server: Any) -> tuple[str, str]:
            issued = PERSONAL_ACCESS_TOKEN.issue(
                server,
                self.world.requester(server, None if by_operator else owner),
                dict(title="A token", **options),
                self.model.now,
                str(next(self._numbers)),
                owner=owner,
            )
            return issued.credential.credential_id, str(issued.text)

        issued = self._attempt("issue a personal token", is_allowed, issue)
        if issued is not None:
            self.model.forget_ended()
            credential = Credential(
                issued[0],
                owner,
                is_personal=True,
                issued_at=self.model.now,
                **options,
            )
            self.model.credentials.append(credential)
            self.model.tokens.append(Token(issued[1], credential, owner, None))

    @precondition(lambda self: self.model.credentials)
    @rule(
        pick=picks,
        requester=requesters,
        what=st.sampled_from(["ip_ranges", "expires_at", "scopes", "may_impersonate"]),
        ip_ranges=ranges,
        lifetime=lifetimes,
        scopes=scopes,
        may_impersonate=switches,
    )
    def edit(self, pick: int, requester: str, what: str, **values: Any) -> None:
        """Change IP ranges, expiry, scopes, or whether it may impersonate."""
        credential = self._credential(pick)
        user_id = self._user(requester, credential)
        values["expires_at"] = self._at(values.pop("lifetime"))
        if credential.is_personal and what == "may_impersonate":
            what = "ip_ranges"
        if credential.is_personal and values["expires_at"] is None:
            values["expires_at"] = self._at(DAY)
        if not self._is_there(user_id):
            return
        value, before = values[what], getattr(credential, what)
        allowed = self._may_edit(user_id, credential, what, value, before)

        def change(server: Any) -> bool:
            known = server.storage.credential(credential.id)
            if known is None:
                options: Any = {"title": "A key"}
            else:
                options = {what: value}
            by = self.world.requester(server, user_id)
            change_credential(server, by, credential.id, options, self.model.now)
            return True

        if self._attempt(f"edit {what}", allowed, change):
            setattr(credential, what, value)

    def _may_edit(
        self,
        user_id: str | None,
        credential: Credential,
        what: str,
        value: Any,
        before: Any,
    ) -> bool | None:
        """None where whoever may only tighten does either."""
        if credential.has_ended or not self.model.may_see(user_id, credential):
            return False
        is_turned_on = what == "may_impersonate" and value and not before
        if is_turned_on and not self.model.may_let_impersonate(
            user_id, credential.owner
        ):
            return False
        if value == before or self.model.may_widen(user_id, credential):
            return True
        return self._is_tighter(what, value, before)

    def _is_tighter(self, what: str, value: Any, before: Any) -> bool:
        if what == "ip_ranges":
            return model.RANGES[value] <= model.RANGES[before]
        if what == "scopes":
            return model.SCOPES[value] <= model.SCOPES[before]
        if what == "expires_at":
            return before is None or (value is not None and value <= before)
        return not value

    @precondition(lambda self: any(self._keys()))
    @rule(pick=picks, requester=requesters, overlap=st.sampled_from([0, 600, 2 * DAY]))
    def rotate(self, pick: int, requester: str, overlap: float) -> None:
        key = self._key(pick)
        user_id = self._user(requester, key)
        if not self._is_there(user_id):
            return
        now = self.model.now
        is_allowed = self.model.may_widen(user_id, key) and not key.has_ended
        if key.expires_at is not None and key.expires_at <= now:
            is_allowed = False
        kept = [pair for pair in key.key_pairs if pair.verifies(now)]
        kept = kept if overlap else []
        if len(kept) >= MAX_KEY_PAIRS:
            is_allowed = False

        def rotate(server: Any) -> Any:
            return rotate_service_key(
                server,
                self.world.requester(server, user_id),
                key.id,
                now,
                overlap,
                {"algorithm": "EdDSA"},
            ).keyfile

        keyfile = self._attempt("rotate", is_allowed, rotate)
        if keyfile is not None:
            for pair in key.key_pairs:
                ends_at = now + overlap
                pair.ends_at = min(pair.ends_at or ends_at, ends_at)
            # The oldest cannot be used any more, whatever the clock does.
            key.key_pairs = kept
            key.key_pairs.append(KeyPair(keyfile["private_key"], keyfile["key_id"]))

    @precondition(lambda self: self.model.credentials)
    @rule(pick=picks, requester=requesters)
    def revoke(self, pick: int, requester: str) -> None:
        credential = self._credential(pick)
        user_id = self._user(requester, credential)
        if not self._is_there(user_id):
            return
        is_allowed = self.model.may_see(user_id, credential)

        def revoke(server: Any) -> bool:
            by = self.world.requester(server, user_id)
            revoke_credentials(server, by, [credential.id], self.model.now)
            return True

        if self._attempt("revoke", is_allowed, revoke):
            self._revoked(credential)
            self.model.forget_ended()

    @precondition(lambda self: self.model.credentials)
    @rule(pick=picks)
    def revoke_issued_before(self, pick: int) -> None:
        """What is done after a backup was restored."""
        self._step("revoke what was issued before")
        when = self._credential(pick).issued_at

        def revoke(server: Any) -> int:
            by = self.world.requester(server, None)
            return revoke_issued_before(server, by, when, self.model.now)

        expected = [
            each
            for each in self.model.credentials
            if each.issued_at < when
            and each.revoked_at is None
            and not each.is_forgotten
        ]
        assert self.world.do(revoke) == len(expected)
        for credential in expected:
            self._revoked(credential)
        self.model.forget_ended()

    def _revoked(self, credential: Credential) -> None:
        if credential.revoked_at is None:
            credential.revoked_at = self.model.now

    @precondition(lambda self: self.model.tokens)
    @rule(pick=picks)
    def revoke_access_token(self, pick: int) -> None:
        token = self.model.tokens[pick % len(self.model.tokens)]
        if token.credential.is_personal:
            return
        self._step("revoke an access token")
        self.world.do(revoke_token, token.value, self.model.now, "somebody", None)
        # One that is expired is unknown and left alone; who knows what the clock does.
        is_known = token.expires_at is not None and self.model.now < token.expires_at
        if is_known and not token.credential.is_forgotten:
            token.is_revoked = True

    # -- programs -----------------------------------------------------------------

    @precondition(lambda self: len(self.model.tokens) < MAX_TOKENS)
    @precondition(lambda self: any(self._keys()))
    @rule(
        pick=picks,
        pair=picks,
        address=addresses,
        subject=st.sampled_from([None, None, "nobody", "login", *model.USERS]),
        jti=st.sampled_from([None, "new", "one", "two"]),
        scope=st.sampled_from(["", "", model.READ, "plone.write", "other.scope"]),
    )
    def exchange(
        self,
        pick: int,
        pair: int,
        address: str,
        subject: str | None,
        jti: str | None,
        scope: str,
    ) -> None:
        key = self._key(pick)
        if jti == "new":
            jti = f"jti-{next(self._numbers)}"
        if subject == "login":
            subject = light.login_of("bob")
        now = self.model.now
        key_pair = key.key_pairs[pair % len(key.key_pairs)]
        claims = {
            "iss": key.id,
            "aud": light.ISSUER,
            "iat": now,
            "exp": now + model.GRANT_LIFETIME,
        }
        claims |= {"sub": subject} if subject else {}
        claims |= {"jti": jti} if jti else {}
        assertion = jwt.encode(
            claims,
            key_pair.private_key,
            algorithm="EdDSA",
            headers={"kid": key_pair.kid},
        )
        is_allowed = key_pair.verifies(now)
        self._exchange(assertion, key, is_allowed, address, subject, jti, scope, now)

    @precondition(lambda self: len(self.model.tokens) < MAX_TOKENS)
    @precondition(lambda self: self._grants)
    @rule(pick=picks, address=addresses)
    def replay(self, pick: int, address: str) -> None:
        """Send a grant again that was accepted before, and had an identifier."""
        assertion, key, subject, made_at = self._grants[pick % len(self._grants)]
        decoded = jwt.decode(assertion, options={"verify_signature": False})
        kid = jwt.get_unverified_header(assertion)["kid"]
        pairs = [pair for pair in key.key_pairs if pair.kid == kid]
        is_allowed = any(pair.verifies(self.model.now) for pair in pairs)
        jti = decoded["jti"]
        self._exchange(assertion, key, is_allowed, address, subject, jti, "", made_at)

    def _exchange(
        self,
        assertion: str,
        key: Credential,
        is_allowed: bool | None,
        address: str,
        subject: str | None,
        jti: str | None,
        scope: str,
        made_at: float,
    ) -> None:
        now = self.model.now
        user_id = subject or key.owner
        if user_id == light.login_of("bob") and self.model.exists("bob"):
            user_id = "bob"
        granted = set(model.SCOPES[key.scopes])
        if scope:
            granted &= model.SCOPES.get((scope,), set())
        until = made_at + model.GRANT_LIFETIME + model.LEEWAY
        if (
            key.is_forgotten
            or not made_at - model.LEEWAY <= now < until
            or self.model.refusal_of(key, address) is not None
            or self.model.refusal_to_act(key, user_id) is not None
            or (jti is None and key.require_jti)
            or not granted
        ):
            is_allowed = False
        if is_allowed and jti is not None:
            answers = self.model.jti_answers(key, jti)
            is_allowed = answers.pop() if len(answers) == 1 else None
        what = "exchange" if made_at == now else "replay a grant"
        token = self._attempt(
            what, is_allowed, self.world.exchange, assertion, address, scope
        )
        if token is None:
            return
        if jti is not None:
            self.model.identifiers.append(UsedIdentifier(key, jti, until))
            self._grants.append((assertion, key, subject, made_at))
        expires_at = now + self.model.token_lifetime
        if key.expires_at is not None:
            expires_at = min(expires_at, key.expires_at)
        self.model.tokens.append(
            Token(token, key, user_id, expires_at, granted if scope else None)
        )
        key.entries.append((now, user_id, address))
        # One in 64 trims the log.
        kept_since = now - model.LOG_RETENTION
        key.kept_since = max(key.kept_since, kept_since)

    @precondition(lambda self: self.model.tokens)
    @rule(pick=picks, address=addresses, times=st.integers(1, 3))
    def use(self, pick: int, address: str, times: int) -> None:
        """Use a token; uses of a personal one wait in memory to be written."""
        self._step("use")
        token = self.model.tokens[pick % len(self.model.tokens)]
        for _ in range(times):
            verdict = self._check(token, address)
            if token.credential.is_personal and not isinstance(verdict, str):
                self.world.note_use(token.credential.id, token.subject, address)
                token.credential.uses += 1
                token.credential.uses_waiting += 1

    @rule(lifetime=st.sampled_from([60, HOUR, DAY]))
    def change_lifetime(self, lifetime: int) -> None:
        self._step("change a setting")

        def change(server: Any) -> None:
            server.settings.access_token_lifetime = lifetime

        self.world.do(change)
        self.model.token_lifetime = lifetime

    # -- time and chance ------------------------------------------------------------

    @rule(
        seconds=st.sampled_from(
            [1, 59, 61, 301, HOUR / 2, HOUR + 1, 6 * HOUR, 25 * HOUR, 8 * DAY, 91 * DAY]
        )
    )
    def advance(self, seconds: float) -> None:
        self._step("advance the clock")
        self.model.advance(seconds)
        self.world.now = self.model.now

    @rule(seconds=st.sampled_from([1, 59, 61, HOUR, 2 * HOUR]))
    def set_back(self, seconds: float) -> None:
        self._step("set the clock back")
        self.model.set_back(seconds)
        self.world.now = self.model.now

    @rule()
    def flush(self) -> None:
        self._step("write uses")
        self.world.flush()
        self._written()

    @rule(is_crash=switches)
    def restart(self, is_crash: bool) -> None:
        self._step("crash" if is_crash else "restart")
        self.world.restart(is_crash)
        if not is_crash:
            self._written()
        for credential in self.model.credentials:
            credential.uses -= credential.uses_waiting
            credential.uses_waiting = 0

    def _written(self) -> None:
        for credential in self.model.credentials:
            if credential.is_personal and credential.uses_waiting:
                credential.uses_waiting = 0
                self._may_be_tidied(credential)

    def _may_be_tidied(self, credential: Credential) -> None:
        """Uses can only be counted until the first of them is old."""
        if credential.issued_at < self.model.now - model.LOG_RETENTION:
            credential.uses_may_be_lost = True

    @rule()
    def minimize(self) -> None:
        self._step("empty the caches")
        self.world.minimize()

    @rule()
    def purge(self) -> None:
        self._step("purge")
        self.world.do(maintenance.purge, self.model.now)
        for credential in self.model.credentials:
            self._may_be_tidied(credential)
        self.model.purge()

    @precondition(lambda self: self.model.credentials)
    @rule(pick=picks)
    def tidy(self, pick: int) -> None:
        credential = self._credential(pick)
        if credential.is_forgotten:
            return
        self._step("tidy")

        def tidy(server: Any) -> None:
            known = server.storage.credential(credential.id)
            now = self.model.now
            trim_log(server.settings, server.storage, known, now)

        self.world.do(tidy)
        if not credential.has_ended:
            self._may_be_tidied(credential)
            self.model.tidy(credential)

    # -- what must hold ---------------------------------------------------------------

    @invariant()
    def every_token_does_what_it_must(self) -> None:
        self.world.next_client()
        for number, token in enumerate(self.model.tokens):
            turn = (number + next(self._numbers)) % len(model.ADDRESSES)
            for address in {model.V4, model.ADDRESSES[turn]}:
                self._check(token, address)

    @invariant()
    def introspection_says_the_same(self) -> None:
        for token in self.model.tokens:
            # From where it may be used does not matter there.
            inside = min(model.RANGES[token.credential.ip_ranges])
            verdicts = self.model.verdicts(token, inside)
            expected = {not isinstance(verdict, str) for verdict in verdicts}
            assert self.world.is_active(token.value) in expected

    @invariant()
    def no_log_entry_is_lost_or_made_up(self) -> None:
        log = self.world.server.storage["usage_log"]
        for credential in self.model.credentials:
            found = list(log.entries(credential.id))
            if credential.is_personal:
                uses = sum(entry.uses for entry in found)
                problem = self.model.uses_problem(credential, uses)
            else:
                entries = [(each.time, each.subject, each.address) for each in found]
                problem = self.model.log_problem(credential, entries)
            assert not problem

    def _check(self, token: Token, address: str) -> model.Verdict:
        expected = self.model.verdicts(token, address)
        verdict = self.world.verdict(token.value, address)
        assert verdict in expected, (verdict, expected, token, address)
        name = verdict if isinstance(verdict, str) else "lives"
        self.verdicts[name] = self.verdicts.get(name, 0) + 1
        if verdict == model.UNKNOWN and len(expected) > 1:
            token.is_dropped = True
        return verdict

    # -- tools ------------------------------------------------------------------------

    def _attempt(
        self, what: str, is_allowed: bool | None, change: Any, *args: Any
    ) -> Any:
        """Do something that the model allows or refuses; None leaves that undecided."""
        self._step(what)
        try:
            done = self.world.do(change, *args)
        except REFUSALS as refused:
            assert not is_allowed, f"{what} is refused: {refused!r}"
            self._count(f"{what}: refused")
            return None
        assert is_allowed is not False, f"{what} is not refused"
        return done

    def _at(self, lifetime: float | None) -> float | None:
        return None if lifetime is None else self.model.now + lifetime

    def _credential(self, pick: int) -> Credential:
        return self.model.credentials[pick % len(self.model.credentials)]

    def _keys(self) -> list[Credential]:
        return [each for each in self.model.credentials if not each.is_personal]

    def _key(self, pick: int) -> Credential:
        keys = self._keys()
        return keys[pick % len(keys)]

    def _user(self, requester: str, credential: Credential) -> str | None:
        if requester == "operator":
            return None
        return credential.owner if requester == "owner" else requester

    def _is_there(self, user_id: str | None) -> bool:
        return user_id is None or self.model.exists(user_id)
