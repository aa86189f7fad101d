"""Everything that happens around sign-in, in any order, and what must hold then."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.authorization_server.introspection import introspected
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.credentials import maintenance
from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.credentials.disabling import enable_credentials
from pas.plugins.tokenauth.credentials.passwords import react_to_password
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.delegation.families import find_family
from pas.plugins.tokenauth.openid.signingkeys import SigningKeyRing
from pas.plugins.tokenauth.sealing.configuration import SealingOff
from pas.plugins.tokenauth.sealing.keyring import CannotOpen
from pas.plugins.tokenauth.sealing.keyring import make_key
from pas.plugins.tokenauth.sealing.sealer import reseal
from tests.credentials.doing import change_credential
from tests.states import light
from tests.states import signin_model as model
from tests.states.counted import CountedStates
from tests.states.signin_model import Application
from tests.states.signin_model import Authorization
from tests.states.signin_model import Code
from tests.states.signin_model import Family
from tests.states.signin_model import granted
from tests.states.signin_model import IDToken
from tests.states.signin_model import Model
from tests.states.signin_model import Question
from tests.states.signin_model import Sent
from tests.states.signin_model import Session
from tests.states.signin_model import Token
from tests.states.signin_model import User
from tests.states.signin_model import Waiting
from tests.states.signin_world import SignInWorld
from tests.states.world import REFUSALS
from typing import Any
from urllib.parse import urlencode

import base64
import hashlib
import itertools
import jwt


START = 1_800_000_000.0
MAX_TOKENS = 12
MAX_WAITING = 4
OFF = (SealingOff, CannotOpen)

picks = st.integers(0, 1000)
switches = st.booleans()
users = st.sampled_from(model.USERS)
browsers = st.integers(0, model.BROWSERS - 1)
wanted = st.sampled_from(
    [
        frozenset({model.READ}),
        frozenset({model.READ, model.WRITE}),
        frozenset({model.OPENID}),
        frozenset({model.OPENID, model.READ}),
        frozenset({model.OPENID, model.WRITE, model.OFFLINE}),
        frozenset({model.WRITE, model.OFFLINE}),
    ]
)


class SignInStates(CountedStates):
    """See signin_model.py for what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(START)
        self.world = SignInWorld(type(self).new_database(), START)
        self._numbers = itertools.count()
        self._waiting: list[Waiting] = []
        self._questions: list[Question] = []
        self._sealing_keys = [make_key()]
        self._is_sealing = True
        self._sessions: dict[Any, Session] = {}
        self._logged_in = [""] * model.BROWSERS
        self._cookies: list[Session | None] = [None] * model.BROWSERS
        #: By which names which people are known, of all times.
        self._subjects: dict[str, tuple[str, int]] = {}
        #: When each signing key was published; None for one that need not wait.
        self._published: dict[str, float | None] = {}

    @initialize()
    def begin(self) -> None:
        self.world.configure(self._sealing_keys)
        for user_id in model.USERS:
            self.world.do(self.world.add_user, user_id, {"Member"}, True)
            self.model.users[user_id] = User()

        def switch_on(server: Any) -> None:
            server.settings.openid_enabled = True
            SigningKeyRing(server).keep_fresh(self.model.now)

        self.world.do(switch_on)
        self._published = dict.fromkeys(self.world.jwks())
        for authentication, is_first_party, stays in (
            ("none", False, True),
            ("client_secret", False, False),
            ("client_secret", True, False),
        ):
            self._register(authentication, is_first_party, stays)
        for number, user_id in enumerate(model.USERS):
            self.log_in(number, user_id)
            sent = Sent(self.model.applications[number], model.SCOPES, self._new(), "n")
            self._authorize(number, sent, _query(sent))
            if self._questions:
                self.answer(0, True)
            self.redeem(number, "as it should be")
        # What ends with the log-out.
        for user_id in model.USERS:
            self.sign_in(user_id, 0, frozenset({model.READ}))

    def _register(self, authentication: str, is_first_party: bool, stays: bool) -> None:
        number = next(self._numbers)
        redirect_uri = f"https://app-{number}.example.org/cb"

        def register(server: Any) -> Any:
            return APPLICATION.issue(
                server,
                self.world.requester(server, None),
                {
                    "title": f"Application {number}",
                    "authentication": authentication,
                    "redirect_uris": (redirect_uri,),
                    "scopes": tuple(sorted(model.SCOPES)),
                    "default_scopes": (model.READ,),
                    "is_first_party": is_first_party,
                    "stays_signed_in": stays,
                    "id_token_signed_response_alg": "ES256",
                },
                self.model.now,
                str(number),
            )

        issued = self.world.do(register)
        self.model.forget()
        self.model.applications.append(
            Application(
                issued.credential.client_id,
                issued.secret,
                redirect_uri,
                set(model.SCOPES),
                is_first_party=is_first_party,
                stays_signed_in=stays,
            )
        )

    # -- people -------------------------------------------------------------------

    @rule(number=browsers, user_id=users)
    def log_in(self, number: int, user_id: str) -> None:
        if not self.model.users[user_id].exists:
            return
        self._step("log in")
        self.world.do(self.world.log_in, number, user_id)
        before = self._session(number)
        self._logged_in[number] = user_id
        now, known_until = self.model.now, self.model.now + model.SESSION_LIFETIME
        if before is not None and before.user_id == user_id:
            before.auth_time, before.known_until = now, known_until
        else:
            if before is not None:
                before.has_ended = True
            before = Session(user_id, known_until, now)
            self.model.sessions.append(before)
        self._learn_session(number, before)

    @rule(number=browsers)
    def log_out(self, number: int) -> None:
        self._step("log out")
        self._log_out(number)

    def _log_out(self, number: int) -> None:
        session = self._session(number)
        self.world.do(self.world.log_out, number)
        self._logged_in[number] = ""
        self._cookies[number] = None
        if session is not None:
            session.has_ended = True

    @rule(user_id=users, told=switches)
    def delete_user(self, user_id: str, told: bool) -> None:
        if self.model.users[user_id].exists:
            self._step("delete a user")
            self.world.do(self.world.delete_user, user_id, told)
            self.model.users[user_id].exists = False
            if told:
                self.model.gone(user_id)

    @rule(user_id=users)
    def create_user(self, user_id: str) -> None:
        user = self.model.users[user_id]
        if not user.exists:
            self._step("create a user of the same id")
            self.world.do(self.world.add_user, user_id, {"Member"}, True)
            self.model.users[user_id] = User(number=user.number + 1)
            self.model.gone(user_id)

    @rule(user_id=users)
    def rename_user(self, user_id: str) -> None:
        """Another login name: it changes nothing."""
        if self.model.users[user_id].exists:
            self._step("rename a user")
            login = f"{self._new()}@example.org"

            def rename(server: Any) -> None:
                server.portal.acl_users.users.updateUser(user_id, login)

            self.world.do(rename)

    @rule(user_id=users)
    def change_group(self, user_id: str) -> None:
        user = self.model.users[user_id]
        if not user.exists:
            return
        self._step("join or leave a group")

        def change(server: Any) -> None:
            groups = server.portal.acl_users.groups
            if user.in_group:
                groups.removePrincipalFromGroup(user_id, model.GROUP)
            else:
                groups.addPrincipalToGroup(user_id, model.GROUP)

        self.world.do(change)
        user.in_group = not user.in_group

    @rule(user_id=users)
    def change_role(self, user_id: str) -> None:
        """With or without the right to authorize applications."""
        user = self.model.users[user_id]
        if not user.exists:
            return
        self._step("gain or lose the permission")

        def change(server: Any) -> None:
            roles = server.portal.acl_users.roles
            if user.is_member:
                roles.removeRoleFromPrincipal("Member", user_id)
            else:
                roles.assignRoleToPrincipal("Member", user_id)

        self.world.do(change)
        user.is_member = not user.is_member

    @rule(user_id=users, policy=st.sampled_from(["off", "tell", "end"]))
    def change_password(self, user_id: str, policy: str) -> None:
        self._step(f"change a password: {policy}")

        def change(server: Any) -> None:
            server.settings.authorizations_on_password_change = policy
            react_to_password(server, user_id, self.model.now)

        self.world.do(change)
        for each in self.model.authorizations:
            is_current = each.owner == user_id and each.is_current(self.model.now)
            if is_current and policy == "end":
                self.model.end(each)

    # -- applications -------------------------------------------------------------

    @rule(pick=picks)
    def disable_or_enable_application(self, pick: int) -> None:
        application = self._application(pick)
        if application.ended_at is None:
            self._switch(application.id, application)

    @rule(pick=picks)
    def delete_application(self, pick: int) -> None:
        """Delete one; another of the same sort takes its place."""
        application = self._application(pick)
        if application.ended_at is not None:
            return
        self._step("delete an application")
        self.world.do(self._revoke, application.id)
        self._delete(application)
        self._register(
            "client_secret" if application.secret else "none",
            application.is_first_party,
            application.stays_signed_in,
        )

    def _delete(self, application: Application) -> None:
        application.ended_at = self.model.now
        self.model.forget()

    @rule(
        pick=picks,
        what=st.sampled_from(["scopes", "groups", "stays_signed_in"]),
        is_less=switches,
    )
    def change_application(self, pick: int, what: str, is_less: bool) -> None:
        application = self._application(pick)
        if application.ended_at is not None:
            return
        self._step(f"change {what} of an application")
        value: Any = is_less
        if what == "scopes":
            scopes = set(model.SCOPES) - ({model.WRITE} if is_less else set())
            value = tuple(sorted(scopes))
        elif what == "groups":
            value = (model.GROUP,) if is_less else ()
        self._change(application.id, what, value)
        if what == "scopes":
            application.scopes = scopes
        elif what == "groups":
            application.is_for_group = is_less
        else:
            application.stays_signed_in = is_less

    # -- authorizations -----------------------------------------------------------

    @precondition(lambda self: self.model.authorizations)
    @rule(pick=picks)
    def disable_or_enable_authorization(self, pick: int) -> None:
        authorization = self._authorization(pick)
        if authorization.ended_at is None:
            self._switch(authorization.id, authorization)

    @precondition(lambda self: self.model.authorizations)
    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        authorization = self._authorization(pick)
        if authorization.ended_at is None:
            self._step("withdraw an authorization")
            self.world.do(self._revoke, authorization.id)
            self.model.end(authorization)
            self.model.forget()

    @precondition(lambda self: self.model.authorizations)
    @rule(pick=picks, what=st.sampled_from(["scopes", "expires_at"]))
    def narrow(self, pick: int, what: str) -> None:
        authorization = self._authorization(pick)
        now = self.model.now
        less = authorization.scopes - {model.WRITE, model.OFFLINE}
        if not authorization.is_current(now) or not less:
            return
        self._step(f"narrow {what} of an authorization")
        if what == "scopes":
            self._change(authorization.id, what, tuple(sorted(less)))
            authorization.scopes = less
        else:
            expires_at = min(now + model.HOUR / 2, authorization.expires_at or now * 2)
            self._change(authorization.id, what, expires_at)
            authorization.expires_at = expires_at

    @precondition(lambda self: self.model.authorizations)
    @rule(pick=picks, is_elsewhere=switches)
    def limit_addresses(self, pick: int, is_elsewhere: bool) -> None:
        authorization = self._authorization(pick)
        if authorization.is_current(self.model.now):
            self._limit_addresses(authorization, is_elsewhere)

    def _limit_addresses(self, authorization: Authorization, is_other: bool) -> None:
        self._step("limit the addresses of an authorization")
        ranges = "198.51.100.0/24" if is_other else "192.0.2.0/24"
        self._change(authorization.id, "ip_ranges", ranges)
        authorization.is_elsewhere = is_other

    # -- signing in ---------------------------------------------------------------

    @rule(number=browsers, pick=picks, scopes=wanted, has_challenge=switches)
    def authorize(
        self, number: int, pick: int, scopes: frozenset[str], has_challenge: bool
    ) -> None:
        self._step("authorize")
        application = self._application(pick)
        verifier = self._new() if has_challenge or not application.secret else ""
        sent = Sent(application, scopes, verifier, self._new())
        self._authorize(number, sent, _query(sent))

    @rule(user_id=users, pick=picks, scopes=wanted)
    def sign_in(self, user_id: str, pick: int, scopes: frozenset[str]) -> None:
        """Put right what keeps a user from an application, and let them sign in."""
        application = self.model.applications[-1 - pick % 3]
        found = self.model.newest(user_id, application)
        for what in (application, found):
            if what is not None and what.is_disabled and what.ended_at is None:
                self._switch(what.id, what)
        is_going_on = found is not None and found.is_current(self.model.now)
        if found is not None and is_going_on and found.is_elsewhere:
            self._limit_addresses(found, False)
        if not self._is_sealing:
            self.change_sealing_keys("find")
        self.create_user(user_id)
        if not self.model.users[user_id].is_member:
            self.change_role(user_id)
        if application.is_for_group and not self.model.users[user_id].in_group:
            self.change_group(user_id)
        number = model.USERS.index(user_id)
        self.log_in(number, user_id)
        self._questions.clear()
        self.authorize(number, self.model.applications.index(application), scopes, True)
        if self._questions:
            self.answer(0, True)
        self.redeem(-1, "as it should be")

    @precondition(lambda self: self._waiting)
    @rule(number=browsers, pick=picks)
    def resume(self, number: int, pick: int) -> None:
        """Come back from the log-in with the request that has waited."""
        self._step("resume")
        waiting = self._waiting[pick % len(self._waiting)]
        is_over = self.model.now >= waiting.made_at + model.PENDING_LIFETIME
        can_open = self._is_sealing and waiting.key in self._sealing_keys
        self._authorize(number, waiting.sent, waiting.query, can_open and not is_over)

    def _authorize(
        self, number: int, sent: Sent, query: str, is_readable: bool = True
    ) -> None:
        try:
            answer = self.world.do(self.world.authorize, number, query)
        except OFF:
            # There is nothing to seal with.
            assert not self._is_sealing
            return
        user_id, application = self._logged_in[number], sent.application
        if not is_readable or not application.is_live:
            assert "page" in answer, answer
            return
        scopes = self._left(sent)
        if scopes <= {model.OFFLINE}:
            assert answer["error"] == "invalid_scope", answer
        elif not user_id:
            self._wait(sent, answer["log_in"])
        elif not self.model.users[user_id].exists:
            assert "page" in answer, answer
        elif not self._may_authorize(user_id, application):
            assert answer["error"] == "access_denied", answer
        elif self._must_ask(user_id, sent):
            question = Question(sent, number, user_id, answer["question"])
            self._questions = [*self._questions, question][-MAX_WAITING:]
        else:
            authorization = self.model.newest(user_id, application)
            if authorization is None or not authorization.is_live(self.model.now):
                authorization = None
            if authorization is None or application.is_first_party:
                authorization = self._record(user_id, sent)
            self._code(number, sent, authorization, answer["code"])

    @precondition(lambda self: self._questions)
    @rule(pick=picks, is_yes=st.sampled_from([True, True, True, False]))
    def answer(self, pick: int, is_yes: bool) -> None:
        """Answer a question, whatever has happened since."""
        question = self._questions[pick % len(self._questions)]
        sent, user_id = question.sent, question.user_id
        is_there = self.model.users[user_id].exists
        if self._logged_in[question.browser] != user_id or not is_there:
            return
        self._step("answer")
        answer = self.world.do(
            self.world.consent, question.browser, question.kept, is_yes
        )
        if not sent.application.is_live:
            assert "page" in answer, answer
        elif self._left(sent) <= {model.OFFLINE}:
            assert answer["error"] == "invalid_scope", answer
        elif not is_yes or not self._may_authorize(user_id, sent.application):
            assert answer["error"] == "access_denied", answer
        else:
            authorization = self._record(user_id, sent)
            self._code(question.browser, sent, authorization, answer["code"])

    def _left(self, sent: Sent) -> set[str]:
        """What of a request the application can be granted."""
        return set(sent.wanted) & granted(sent.application.scopes)

    def _may_authorize(self, user_id: str, application: Application) -> bool:
        if not self.model.may_authorize(user_id, application):
            return False
        found = self.model.newest(user_id, application)
        is_off = found is not None and found.is_disabled
        return not (is_off and found.is_current(self.model.now))

    def _must_ask(self, user_id: str, sent: Sent) -> bool:
        application, scopes = sent.application, self._left(sent)
        if application.is_first_party and model.OFFLINE not in scopes:
            return False
        found = self.model.newest(user_id, application)
        if found is None or not found.is_live(self.model.now):
            return True
        has_lost = not found.scopes <= granted(application.scopes)
        return has_lost or not scopes <= granted(found.scopes)

    def _record(self, user_id: str, sent: Sent) -> Authorization:
        application, scopes = sent.application, self._left(sent)
        found = self.model.newest(user_id, application)
        if found is not None and found.is_live(self.model.now):
            found.scopes = scopes | granted(found.scopes) & granted(application.scopes)
            return found
        stored = self.world.server.storage["authorization"]
        newest: Any = stored.newest(user_id, application.id, "")
        made = Authorization(newest.credential_id, user_id, application, scopes)
        assert made.id not in {each.id for each in self.model.authorizations}
        self.model.authorizations.append(made)
        return made

    def _code(
        self, number: int, sent: Sent, authorization: Authorization, value: str
    ) -> None:
        session = self._session(number)
        user_id = self._logged_in[number]
        if session is None or session.user_id != user_id:
            if session is not None:
                session.has_ended = True
            session = Session(user_id, self.model.now + model.SESSION_LIFETIME)
            self.model.sessions.append(session)
        self._learn_session(number, session)
        code = Code(
            value,
            authorization,
            self._left(sent),
            sent.verifier,
            sent.nonce,
            self.model.now + model.CODE_LIFETIME,
            session,
        )
        self.model.codes = [*self.model.codes, code][-MAX_TOKENS:]

    def _wait(self, sent: Sent, query: str) -> None:
        waiting = Waiting(sent, query, self._sealing_keys[0], self.model.now)
        self._waiting = [*self._waiting, waiting][-MAX_WAITING:]

    # -- programs -----------------------------------------------------------------

    @precondition(lambda self: self.model.codes)
    @rule(
        pick=picks,
        how=st.sampled_from(
            [
                *["as it should be"] * 5,
                "by another client",
                "with another verifier",
                "with another redirect URI",
            ]
        ),
    )
    def redeem(self, pick: int, how: str) -> None:
        """Exchange a code: in time or late, once or again, rightly or wrongly."""
        code = self.model.codes[pick % len(self.model.codes)]
        self._step(f"redeem {how}")
        is_right = how == "as it should be"
        allowed = self._may_redeem(code) if is_right else False
        answer = self._grant(
            allowed, code.scopes, *self._arguments(code, how), verdict="redeem"
        )
        if answer is not None:
            self._redeemed(code, answer)
        elif how == "with another verifier" and not self._is_forgotten(code):
            self._burn(code)
        elif is_right and code.is_used and not code.was_forgotten:
            self._end_what_was_made(code)

    def _burn(self, code: Code) -> None:
        # One that never had a challenge is refused, and no more.
        if code.verifier and not code.is_used:
            code.is_used = True

    def _is_forgotten(self, code: Code) -> bool:
        until = code.expires_at + model.CODE_REMEMBERED
        return self.model.now >= until or code.was_forgotten

    def _arguments(self, code: Code, how: str) -> tuple[str, Application, Any]:
        application = code.authorization.application
        parameters = {"code": code.value, "redirect_uri": application.redirect_uri}
        if code.verifier:
            parameters["code_verifier"] = code.verifier
        match how:
            case "by another client":
                others = [each for each in self.model.applications if each.is_live]
                others = [each for each in others if each is not application]
                application = others[0] if others else application
                if not others:
                    parameters["code"] = self._new()
            case "with another verifier":
                parameters["code_verifier"] = self._new()
            case "with another redirect URI":
                parameters["redirect_uri"] += "/"
        return "authorization_code", application, parameters

    def _may_redeem(self, code: Code) -> bool | None:
        if code.is_used or code.session.has_ended or self.model.now >= code.expires_at:
            return False
        if not self.model.may_issue(code.authorization) or not self._scopes_of(code):
            return False
        return None if code.had_expired else True

    def _scopes_of(self, code: Code) -> set[str]:
        return granted(code.authorization.scopes) & granted(code.scopes)

    def _redeemed(self, code: Code, answer: dict[str, Any]) -> None:
        code.is_used = True
        application, now = code.authorization.application, self.model.now
        family = None
        is_staying = application.stays_signed_in or model.OFFLINE in code.scopes
        assert ("refresh_token" in answer) == is_staying
        if is_staying:
            family = Family(
                code.authorization, code.scopes, answer["refresh_token"], now, now
            )
            self.model.start(family)
        session = None if family else code.session
        token = self._token(code.authorization, code.scopes, answer, family, session)
        code.made = family or token
        self._id_token(code, answer, family)

    def _end_what_was_made(self, code: Code) -> None:
        if isinstance(code.made, Family):
            code.made.has_ended = True
        elif code.made is not None:
            code.made.is_revoked = True

    def _token(
        self,
        authorization: Authorization,
        scopes: set[str],
        answer: dict[str, Any],
        family: Family | None,
        session: Session | None,
    ) -> Token:
        expires_at = self.model.now + model.TOKEN_LIFETIME
        if authorization.expires_at is not None:
            expires_at = min(expires_at, authorization.expires_at)
        scopes = granted(scopes) & granted(authorization.scopes)
        assert set(answer["scope"].split()) == scopes
        token = Token(
            answer["access_token"], authorization, scopes, expires_at, family, session
        )
        self.model.tokens = [*self.model.tokens, token][-MAX_TOKENS:]
        return token

    def _id_token(
        self, code: Code, answer: dict[str, Any], family: Family | None
    ) -> None:
        """Look at the ID token of a code."""
        claims = self._claims(code.authorization, code.scopes, answer)
        if not claims:
            return
        assert claims["nonce"] == code.nonce
        about = {name: claims.get(name) for name in ("sub", "sid", "auth_time")}
        sids = code.session.sids
        known = sids.setdefault(code.authorization.application.id, claims["sid"])
        assert claims["sid"] == known
        if family is not None:
            family.about = about

    def _claims(
        self, authorization: Authorization, scopes: set[str], answer: dict[str, Any]
    ) -> dict[str, Any]:
        """Those of an ID token, which is in an answer iff it must be."""
        is_due = model.OPENID in scopes & granted(authorization.scopes)
        assert ("id_token" in answer) == is_due
        if not is_due:
            return {}
        application = authorization.application
        kid = jwt.get_unverified_header(answer["id_token"])["kid"]
        keys = self.world.jwks()
        assert kid in keys
        self._check_was_published(kid)
        claims: dict[str, Any] = jwt.decode(
            answer["id_token"],
            jwt.PyJWK(keys[kid]).key,
            ["ES256"],
            audience=application.id,
            issuer=light.ISSUER,
            options={"verify_exp": False, "verify_iat": False},
        )
        owner = authorization.owner
        person = (owner, self.model.users[owner].number)
        assert self._subjects.setdefault(claims["sub"], person) == person
        subjects = [sub for sub, who in self._subjects.items() if who == person]
        assert subjects == [claims["sub"]]
        made = IDToken(
            answer["id_token"],
            kid,
            claims["iat"],
            claims["exp"],
            application,
            person,
        )
        self.model.id_tokens = [*self.model.id_tokens, made][-MAX_TOKENS:]
        return claims

    def _check_was_published(self, kid: str) -> None:
        """Nothing is signed with a key that others need not know yet."""
        # Keys are also made where those there are too old.
        published = self._published.setdefault(kid, None)
        if published is not None:
            assert self.model.now >= published + model.JWKS_MAX_AGE

    @precondition(lambda self: self.model.families)
    @rule(
        pick=picks,
        which=st.sampled_from(["current", "current", "current", "previous", "older"]),
        is_other=st.sampled_from([False, False, False, False, True]),
    )
    def refresh(self, pick: int, which: str, is_other: bool) -> None:
        self._refresh(self._family(pick), which, is_other)

    @precondition(lambda self: self.model.families)
    @rule(again=switches)
    def refresh_everywhere(self, again: bool) -> None:
        """Every application goes on that can; some have lost the answer."""
        for family in self.model.families:
            if self._may_refresh(family, family.current):
                self._refresh(family, "current")
                if again:
                    self._refresh(family, "previous")

    def _refresh(self, family: Family, which: str, is_other: bool = False) -> None:
        sent = self._refresh_token(family, which)
        if not sent:
            return
        self._step(f"refresh with the {which} token")
        application = family.authorization.application
        if is_other:
            others = [each for each in self.model.applications if each.is_live]
            others = [each for each in others if each is not application]
            if not others:
                return
            application = others[0]
        allowed = False if is_other else self._may_refresh(family, sent)
        parameters = {"refresh_token": sent}
        answer = self._grant(
            allowed,
            family.scopes,
            "refresh_token",
            application,
            parameters,
            verdict=f"refresh with the {which}",
        )
        if answer is not None:
            self._refreshed(family, sent, answer)
        elif not is_other and application.is_live:
            self._may_be_reused(family, sent)

    def _family(self, pick: int) -> Family:
        """One of them; mostly one whose application goes on."""
        families = self.model.families
        good = [it for it in families if self._may_refresh(it, it.current)]
        chosen = good if good and pick % 4 else families
        return chosen[pick % len(chosen)]

    def _refresh_token(self, family: Family, which: str) -> str:
        if which == "older":
            return family.older[-1] if family.older else ""
        return family.current if which == "current" else family.previous

    def _is_good(self, family: Family, sent: str) -> bool:
        """Whether there is a successor for a token."""
        window = family.rotated_at + model.REPEAT_WINDOW
        is_repeated = sent == family.previous and self.model.now <= window
        return sent == family.current or is_repeated

    def _may_refresh(self, family: Family, sent: str) -> bool | None:
        if not family.is_live(self.model.now) or not self._is_good(family, sent):
            return False
        authorization = family.authorization
        left = granted(authorization.scopes) & granted(family.scopes)
        is_staying = authorization.application.stays_signed_in or (
            model.OFFLINE in left
        )
        if not self.model.may_issue(authorization) or not is_staying or not left:
            return False
        return None if family.had_expired else True

    def _refreshed(self, family: Family, sent: str, answer: dict[str, Any]) -> None:
        now, got = self.model.now, answer["refresh_token"]
        if sent == family.current:
            known = {family.current, family.previous, *family.older}
            assert got not in known
            if family.previous:
                family.older.append(family.previous)
            family.previous, family.current = family.current, got
            family.rotated_at = family.used_at = now
        else:
            # Whoever has lost the answer gets the same, and nothing forks.
            assert got == family.current
        authorization = family.authorization
        self._token(authorization, family.scopes, answer, family, None)
        claims = self._claims(authorization, family.scopes, answer)
        if claims:
            assert "nonce" not in claims
            about = {name: claims.get(name) for name in ("sub", "sid", "auth_time")}
            assert about == family.about

    def _may_be_reused(self, family: Family, sent: str) -> None:
        """A token that has had its successor ends its family."""
        if family.is_live(self.model.now) and not self._is_good(family, sent):
            if not family.had_expired:
                family.has_ended = True
            else:
                # Storage may have forgotten it.
                stored = self._stored(family)
                family.has_ended = stored is None or stored.has_ended

    def _stored(self, family: Family) -> Any:
        return find_family(self.world.server, family.current, self.model.now)

    def _grant(
        self,
        allowed: bool | None,
        scopes: set[str],
        name: str,
        application: Application,
        parameters: dict[str, str],
        verdict: str,
    ) -> dict[str, Any] | None:
        """What the token endpoint answers; None for a refusal."""
        try:
            answer: dict[str, Any] = self.world.do(
                self.world.grant, name, application.id, application.secret, **parameters
            )
        except OFF:
            # Nothing has changed: the same works once there is the key again.
            assert not self._is_sealing and model.OPENID in scopes
            assert allowed is not False
            self._verdict(f"{verdict}: off")
            return None
        except REFUSALS as refused:
            assert not allowed, f"{verdict} is refused: {refused!r}"
            self._verdict(f"{verdict}: refused")
            return None
        assert allowed is not False, f"{verdict} is not refused"
        self._verdict(f"{verdict}: granted")
        return answer

    # -- two at once --------------------------------------------------------------

    @precondition(lambda self: self.model.codes)
    @rule(
        pick=picks,
        other=st.sampled_from(["redeem", "withdraw", "log out", "delete"]),
        number=browsers,
    )
    def redeem_while(self, pick: int, other: str, number: int) -> None:
        """Exchange a code while something else happens."""
        code = self.model.codes[pick % len(self.model.codes)]
        if self._may_redeem(code) is not True or not self._is_sealing:
            return
        self._step(f"redeem while others {other}")
        name, application, parameters = self._arguments(code, "as it should be")
        taken: list[dict[str, Any]] = []

        def slow(server: Any, is_repeated: bool) -> dict[str, Any]:
            return self.world.grant(
                server,
                name,
                application.id,
                application.secret,
                is_repeated=is_repeated,
                **parameters,
            )

        def fast() -> None:
            if other == "redeem":
                taken.append(
                    self.world.do(
                        self.world.grant,
                        name,
                        application.id,
                        application.secret,
                        **parameters,
                    )
                )
                self._redeemed(code, taken[0])
            else:
                self._meanwhile(other, code.authorization, number)

        try:
            answer, _ = self.world.race(slow, fast)
        except REFUSALS:
            # What came first counts, and nothing ends.
            assert other != "log out" or self._may_redeem(code) is False
            return
        assert other != "redeem", "a code has worked twice"
        self._redeemed(code, answer)

    @precondition(lambda self: self.model.families)
    @rule(
        pick=picks,
        other=st.sampled_from(["refresh", "refresh", "withdraw", "revoke", "delete"]),
        number=browsers,
    )
    def refresh_while(self, pick: int, other: str, number: int) -> None:
        """Refresh while something else happens."""
        family = self._family(pick)
        sent = family.current
        if self._may_refresh(family, sent) is not True or not self._is_sealing:
            return
        self._step(f"refresh while others {other}")
        application = family.authorization.application

        def grant(server: Any, is_repeated: bool = False) -> dict[str, Any]:
            return self.world.grant(
                server,
                "refresh_token",
                application.id,
                application.secret,
                is_repeated=is_repeated,
                refresh_token=sent,
            )

        def fast() -> None:
            if other == "refresh":
                self._refreshed(family, sent, self.world.do(grant))
            elif other == "revoke":
                self._revoke_held(sent)
                family.has_ended = True
            else:
                self._meanwhile(other, family.authorization, number)

        try:
            answer, has_conflicted = self.world.race(grant, fast)
        except REFUSALS:
            assert other != "refresh", "an honest client is refused"
            return
        assert other != "revoke", "a refresh has outlived its family"
        assert has_conflicted == (other == "refresh")
        self._refreshed(family, sent, answer)

    def _meanwhile(self, what: str, authorization: Authorization, number: int) -> None:
        if what == "log out":
            self._log_out(number)
        elif what == "withdraw":
            self.world.do(self._revoke, authorization.id)
            self.model.end(authorization)
            self.model.forget()
        else:
            self.world.do(self._revoke, authorization.application.id)
            self._delete(authorization.application)

    # -- ending tokens ------------------------------------------------------------

    @precondition(lambda self: self.model.tokens)
    @rule(pick=picks)
    def revoke_access_token(self, pick: int) -> None:
        token = self.model.tokens[pick % len(self.model.tokens)]
        if token.had_expired:
            return
        self._step("revoke an access token")
        self._revoke_held(token.value)
        token.is_revoked = True

    @precondition(lambda self: self.model.families)
    @rule(pick=picks, which=st.sampled_from(["current", "previous", "older"]))
    def revoke_refresh_token(self, pick: int, which: str) -> None:
        """Also one that was replaced: who has lost the answer logs out with it."""
        family = self.model.families[pick % len(self.model.families)]
        sent = self._refresh_token(family, which)
        if sent and family.is_live(self.model.now) and not family.had_expired:
            self._step("revoke a refresh token")
            self._revoke_held(sent)
            family.has_ended = True

    def _revoke_held(self, token: str) -> None:
        self.world.do(revoke_token, token, self.model.now, "somebody", None)

    # -- keys ---------------------------------------------------------------------

    @precondition(lambda self: self._is_sealing)
    @rule(is_emergency=st.sampled_from([False, False, True]))
    def rotate_signing_keys(self, is_emergency: bool) -> None:
        self._step("replace the signing keys" if is_emergency else "rotate them")
        before = set(self.world.jwks())

        def rotate(server: Any) -> None:
            ring = SigningKeyRing(server)
            if is_emergency:
                ring.replace("an administrator", self.model.now)
            else:
                ring.rotate("an administrator", self.model.now)

        self.world.do(rotate)
        published = None if is_emergency else self.model.now
        after = set(self.world.jwks())
        self._published |= dict.fromkeys(after - before, published)
        if is_emergency:
            assert not before & after
            self.model.id_tokens.clear()

    @rule(what=st.sampled_from(["add", "reseal and drop", "lose", "mistake", "find"]))
    def change_sealing_keys(self, what: str) -> None:
        """A new key first; the old ones go when all is sealed with the new one."""
        keys = self._sealing_keys
        if what in ("lose", "mistake"):
            self._is_sealing = False
        elif what == "find":
            self._is_sealing = True
        elif not self._is_sealing:
            return
        elif what == "add":
            self._sealing_keys = [make_key(), *keys][:3] if len(keys) < 3 else keys
        self._step(f"sealing keys: {what}")
        if what == "reseal and drop":
            self.world.do(reseal)
            self._sealing_keys = keys[:1]
        other = [make_key()] if what == "mistake" else []
        self.world.configure(self._sealing_keys if self._is_sealing else other)

    # -- time and chance ----------------------------------------------------------

    @rule(
        seconds=st.sampled_from(
            [
                *([1, 20, 29, 31, 61, 601] * 3),
                *(1801, 3601, 2 * model.HOUR),
                *(25 * model.HOUR, 31 * model.DAY, 91 * model.DAY),
            ]
        )
    )
    def advance(self, seconds: float) -> None:
        self._step("advance the clock")
        self.model.advance(seconds)
        self.world.now = self.model.now

    @rule(seconds=st.sampled_from([1, 31, 61, model.HOUR, 2 * model.HOUR]))
    def set_back(self, seconds: float) -> None:
        self._step("set the clock back")
        self.model.now -= seconds
        self.world.now = self.model.now

    @rule(is_crash=switches)
    def restart(self, is_crash: bool) -> None:
        self._step("crash" if is_crash else "restart")
        self.world.restart(is_crash)

    @rule()
    def minimize(self) -> None:
        self._step("empty the caches")
        self.world.minimize()

    @rule()
    def purge(self) -> None:
        self._step("purge")
        self.world.do(maintenance.purge, self.model.now)
        self.model.forget()
        self.model.purge()

    # -- what must hold -----------------------------------------------------------

    @invariant()
    def every_access_token_does_what_it_must(self) -> None:
        self.world.next_client()
        for token in self.model.tokens:
            expected = self.model.access(token)
            found = self.world.access(token.value)
            assert found in expected, (found, expected, token)
            is_active = introspected(
                self.world.server, token.value, self.model.now, None
            )["active"]
            # Whoever asks about it is not where it is used.
            if not token.authorization.is_elsewhere:
                assert is_active == (found is not None)
            self._verdict("lives" if found is not None else "refused")

    @invariant()
    def every_refresh_token_says_what_it_is(self) -> None:
        for family in self.model.families:
            for token in filter(None, (family.current, family.previous)):
                active = introspected(self.world.server, token, self.model.now, None)[
                    "active"
                ]
                expected = self.model.is_active(family, token)
                assert active == expected or (family.had_expired and not active)

    @invariant()
    def every_id_token_verifies_while_it_is_good(self) -> None:
        keys = self.world.jwks()
        for each in self.model.id_tokens:
            if each.issued_at <= self.model.now < each.expires_at:
                assert each.kid in keys
        for each in self.model.id_tokens[-2:]:
            assert self.world.hint(each.value)["aud"] == each.application.id

    # -- tools --------------------------------------------------------------------

    def _switch(self, id: str, what: Application | Authorization) -> None:
        self._step("enable" if what.is_disabled else "disable")

        def switch(server: Any) -> int:
            by = self.world.requester(server, None)
            if what.is_disabled:
                return enable_credentials(server, by, [id])
            return disable_credentials(server, by, [id], self.model.now)

        assert self.world.do(switch) == 1
        what.is_disabled = not what.is_disabled

    def _revoke(self, server: Any, id: str) -> None:
        by = self.world.requester(server, None)
        assert revoke_credentials(server, by, [id], self.model.now) == 1

    def _change(self, id: str, what: str, value: Any) -> None:
        def change(server: Any) -> None:
            by = self.world.requester(server, None)
            change_credential(server, by, id, {what: value}, self.model.now)

        self.world.do(change)

    def _session(self, number: int) -> Session | None:
        """The session of a browser, as far as it is known."""
        session = self._cookies[number]
        if session is None or session.has_ended:
            return None
        return session if self.model.now < session.known_until else None

    def _learn_session(self, number: int, session: Session) -> None:
        """Look whether the browser has this very session."""
        self._cookies[number] = session
        found = self.world.session(self.world.server, number)
        assert found is not None
        assert self._sessions.setdefault(found, session) is session

    def _application(self, pick: int) -> Application:
        return self.model.applications[pick % len(self.model.applications)]

    def _authorization(self, pick: int) -> Authorization:
        found = [each for each in self.model.authorizations if not each.is_forgotten]
        return (found or self.model.authorizations)[pick % (len(found) or 1)]

    def _new(self) -> str:
        """A string that was not there before, fit for a verifier."""
        return f"{next(self._numbers):0>43}"

    def _verdict(self, what: str) -> None:
        self.verdicts[what] = self.verdicts.get(what, 0) + 1


def _query(sent: Sent) -> str:
    parameters = {
        "client_id": sent.application.id,
        "redirect_uri": sent.application.redirect_uri,
        "response_type": "code",
        "scope": " ".join(sorted(sent.wanted)),
        "nonce": sent.nonce,
    }
    if sent.verifier:
        digest = hashlib.sha256(sent.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        parameters |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return urlencode(parameters)
