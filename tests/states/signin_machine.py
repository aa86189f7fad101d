"""Everything that happens around sign-in, in any order, and what must hold then."""

from collections.abc import Callable
from dataclasses import replace
from hypothesis import strategies as st
from hypothesis.stateful import initialize
from hypothesis.stateful import invariant
from hypothesis.stateful import precondition
from hypothesis.stateful import rule
from pas.plugins.tokenauth.applications.kind import APPLICATION
from pas.plugins.tokenauth.authorization_server.introspection import revoke_token
from pas.plugins.tokenauth.core.errors import OAuthError
from pas.plugins.tokenauth.core.granttypes import AUTHORIZATION_CODE
from pas.plugins.tokenauth.core.granttypes import DEVICE_CODE
from pas.plugins.tokenauth.core.granttypes import REFRESH_TOKEN
from pas.plugins.tokenauth.core.granttypes import TOKEN_EXCHANGE
from pas.plugins.tokenauth.credentials import maintenance
from pas.plugins.tokenauth.credentials.disabling import disable_credentials
from pas.plugins.tokenauth.credentials.disabling import enable_credentials
from pas.plugins.tokenauth.credentials.passwords import react_to_password
from pas.plugins.tokenauth.credentials.service import revoke_credentials
from pas.plugins.tokenauth.delegation.families import find_family
from pas.plugins.tokenauth.exchange.grant import ACCESS_TOKEN
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
from typing import TypeVar
from urllib.parse import urlencode
from zExceptions import NotFound

import base64
import hashlib
import itertools
import jwt


T = TypeVar("T")

START = 1_800_000_000.0
MAX_TOKENS = 12
MAX_WAITING = 4
OFF = (SealingOff, CannotOpen)

#: What there is of each sort, and what takes the place of one that is deleted.
SORTS = (
    *(Application(resource=url, may_exchange=True) for url in model.RESOURCES),
    Application(authentication="none", stays_signed_in=True),
    Application(),
    Application(is_first_party=True),
)

picks = st.integers(0, 1000)
switches = st.booleans()
seldom = st.sampled_from([False, False, False, False, True])
users = st.sampled_from(model.USERS)
browsers = st.integers(0, model.BROWSERS - 1)
wanted = st.sampled_from(
    [
        frozenset({model.READ}),
        frozenset({model.READ, model.WRITE, model.NOTES}),
        frozenset({model.OPENID}),
        frozenset({model.OPENID, model.READ, model.TASKS}),
        frozenset({model.OPENID, model.WRITE, model.OFFLINE, model.NOTES}),
        frozenset({model.WRITE, model.OFFLINE, model.NOTES, model.TASKS}),
    ]
)
resources = st.sampled_from(["", "", *model.RESOURCES])
prompts = st.sampled_from(["", "", "", "none", "login", "consent"])
max_ages = st.sampled_from([None, None, None, 0, 60])


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
        #: Those that seal and open now, which may be a mistake.
        self._configured = self._sealing_keys
        self._sessions: dict[Any, Session] = {}
        self._logged_in = [""] * model.BROWSERS
        self._cookies: list[Session | None] = [None] * model.BROWSERS
        #: By which names which people are known, of all times.
        self._subjects: dict[str, tuple[str, int]] = {}
        #: When each signing key was published; None for one that need not wait.
        self._published: dict[str, float | None] = {}
        #: Which client asks next what a token is worth.
        self._turns = itertools.count()
        #: With what the token endpoint has refused something the last time.
        self._error = ""

    @initialize()
    def begin(self) -> None:
        self.world.configure(self._configured)
        for user_id in model.USERS:
            self.world.do(self.world.add_user, user_id, {"Member"}, True)
            self.model.users[user_id] = User()

        def switch_on(server: Any) -> None:
            server.settings.openid_enabled = True
            server.settings.device_grant_enabled = True
            SigningKeyRing(server).keep_fresh(self.model.now)

        self.world.do(switch_on)
        self._published = dict.fromkeys(self.world.jwks())
        self.rotate_signing_keys(False)
        for seconds in (601, 2 * model.HOUR):
            self.advance(seconds)
            self.every_id_token_verifies_while_it_is_good()
        for sort in SORTS:
            self._register(sort)
        for number, user_id in enumerate(model.USERS):
            self.sign_in(user_id, number, model.SCOPES)
        # What ends with the log-out, what is for a resource, and what has no browser.
        for user_id, prompt in zip(model.USERS, ("", "login"), strict=True):
            self.sign_in(user_id, 2, frozenset({model.READ}), prompt=prompt)
        scopes = frozenset({model.NOTES, model.WRITE, model.OFFLINE})
        self.sign_in(model.USERS[0], 1, scopes, next(iter(model.RESOURCES)))
        self.advance(1)
        self.exchange(-1, False, False)
        for number, then in ((0, "deny"), (1, "allow"), (1, "allow")):
            self.sign_in(model.USERS[number], 0, scopes, on_device=then)
        # What ends at once: a code that comes again, and a token that does so too late.
        self._redeem(self.model.codes[-1])
        family = self.model.families[0]
        self._refresh(family, "current")
        self.advance(model.REPEAT_WINDOW + 1)
        self._refresh(family, "previous")

    def _register(self, sort: Application) -> None:
        """Register an application of the sort of another one."""
        number = next(self._numbers)
        made = replace(
            sort,
            redirect_uri="" if sort.resource else f"https://app-{number}.example.org/",
            scopes=set(model.OF_SITE if sort.resource else model.SCOPES),
            is_for_group=False,
            is_disabled=False,
            ended_at=None,
        )
        options: dict[str, Any] = {
            "title": f"Application {number}",
            "authentication": made.authentication,
            "scopes": tuple(sorted(made.scopes)),
            "default_scopes": (model.READ,),
        }
        if made.resource:
            line = f"{model.RESOURCES[made.resource]} Work with it."
            options |= {
                "resource": made.resource,
                "resource_scopes": (line,),
                "may_exchange": made.may_exchange,
            }
        else:
            options |= {
                "redirect_uris": (made.redirect_uri,),
                "is_first_party": made.is_first_party,
                "stays_signed_in": made.stays_signed_in,
                "uses_device_codes": not made.is_first_party,
                "id_token_signed_response_alg": "ES256",
            }

        def register(server: Any) -> Any:
            by = self.world.requester(server, None)
            return APPLICATION.issue(server, by, options, self.model.now, str(number))

        issued = self.world.do(register)
        made.id, made.secret = issued.credential.client_id, issued.secret
        self.model.forget()
        self.model.applications.append(made)

    # -- people -------------------------------------------------------------------

    @rule(number=browsers, user_id=users, is_proven=seldom.map(lambda it: not it))
    def log_in(self, number: int, user_id: str, is_proven: bool) -> None:
        """Log in; without proof, Plone alone takes it for a log-in."""
        if not self.model.users[user_id].exists:
            return
        self._step("log in" if is_proven else "log in without proof")
        self.world.do(self.world.log_in, number, user_id, is_proven)
        before = self._session(number)
        self._logged_in[number] = user_id
        if not is_proven:
            return
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
    def delete_or_create_user(self, user_id: str, told: bool) -> None:
        if not self.model.users[user_id].exists:
            self._create_user(user_id)
            return
        self._step("delete a user")
        self.world.do(self.world.delete_user, user_id, told)
        self.model.users[user_id].exists = False
        if told:
            self.model.gone(user_id)

    def _create_user(self, user_id: str) -> None:
        self._step("create a user of the same id")
        self.world.do(self.world.add_user, user_id, {"Member"}, True)
        self.model.users[user_id] = User(number=self.model.users[user_id].number + 1)
        self.model.gone(user_id)

    @rule(user_id=users, what=st.sampled_from(["login", "group", "role"]))
    def change_user(self, user_id: str, what: str) -> None:
        """Another login name, which changes nothing; a group, or a permission."""
        user = self.model.users[user_id]
        if not user.exists:
            return
        self._step(f"change the {what} of a user")
        login = f"{self._new()}@example.org"

        def change(server: Any) -> None:
            source = server.portal.acl_users
            match what, user.in_group, user.is_member:
                case "login", _, _:
                    source.users.updateUser(user_id, login)
                case "group", True, _:
                    source.groups.removePrincipalFromGroup(user_id, model.GROUP)
                case "group", False, _:
                    source.groups.addPrincipalToGroup(user_id, model.GROUP)
                case _, _, True:
                    source.roles.removeRoleFromPrincipal("Member", user_id)
                case _:
                    source.roles.assignRoleToPrincipal("Member", user_id)

        self.world.do(change)
        user.in_group ^= what == "group"
        user.is_member ^= what == "role"

    @rule(user_id=users, policy=st.sampled_from(["off", "tell", "end"]))
    def change_password(self, user_id: str, policy: str) -> None:
        self._step(f"change a password, {policy}")

        def change(server: Any) -> None:
            server.settings.authorizations_on_password_change = policy
            react_to_password(server, user_id, self.model.now)

        self.world.do(change)
        for each in self.model.authorizations:
            is_current = each.owner == user_id and each.is_current(self.model.now)
            if is_current and policy == "end":
                self.model.end(each)

    # -- applications and authorizations ------------------------------------------

    @rule(pick=picks)
    def disable_or_enable(self, pick: int) -> None:
        what = self._one_of_all(pick)
        if what.ended_at is None:
            self._switch(what)

    @rule(pick=picks)
    def end(self, pick: int) -> None:
        """Withdraw an authorization, or delete an application."""
        what = self._one_of_all(pick)
        if what.ended_at is None:
            self._step(f"end an {type(what).__name__}".lower())
            self._end(what)

    def _end(self, what: Application | Authorization) -> None:
        self.world.do(self._revoke, what.id)
        what.ended_at = self.model.now
        self.model.forget()
        if isinstance(what, Application):
            self._register(what)

    @rule(
        pick=picks,
        what=st.sampled_from(["scopes", "groups", "stays_signed_in", "may_exchange"]),
        is_less=switches,
    )
    def change_application(self, pick: int, what: str, is_less: bool) -> None:
        live = [it for it in self.model.applications if it.ended_at is None]
        application = live[pick % len(live)]
        if bool(application.resource) != (what == "may_exchange") and what != "scopes":
            return
        self._step(f"change {what} of an application")
        value: Any = is_less
        if what == "scopes":
            every = model.OF_SITE if application.resource else model.SCOPES
            application.scopes = set(every) - ({model.WRITE} if is_less else set())
            value = tuple(sorted(application.scopes))
        elif what == "groups":
            value = (model.GROUP,) if is_less else ()
            application.is_for_group = is_less
        else:
            setattr(application, what, is_less)
        self._change(application.id, what, value)

    @precondition(lambda self: self.model.authorizations)
    @rule(pick=picks, what=st.sampled_from(["scopes", "expires_at", "ip_ranges"]))
    def narrow(self, pick: int, what: str) -> None:
        """Limit an authorization; the addresses are those of programs here, or not."""
        authorization = self._authorization(pick)
        now = self.model.now
        less = authorization.scopes - {model.WRITE, model.OFFLINE}
        if not authorization.is_current(now) or not less:
            return
        self._step(f"narrow {what} of an authorization")
        if what == "scopes":
            self._change(authorization.id, what, tuple(sorted(less)))
            authorization.scopes = less
        elif what == "expires_at":
            expires_at = min(now + model.HOUR / 2, authorization.expires_at or now * 2)
            self._change(authorization.id, what, expires_at)
            authorization.expires_at = expires_at
        else:
            self._limit_addresses(authorization, not authorization.is_elsewhere)

    def _limit_addresses(self, authorization: Authorization, is_other: bool) -> None:
        ranges = "198.51.100.0/24" if is_other else "192.0.2.0/24"
        self._change(authorization.id, "ip_ranges", ranges)
        authorization.is_elsewhere = is_other

    # -- signing in ---------------------------------------------------------------

    @rule(
        number=browsers,
        pick=picks,
        scopes=wanted,
        resource=resources,
        prompt=prompts,
        max_age=max_ages,
        has_challenge=switches,
    )
    def authorize(
        self,
        number: int,
        pick: int,
        scopes: frozenset[str],
        resource: str,
        prompt: str,
        max_age: int | None,
        has_challenge: bool,
    ) -> None:
        self._step(f"authorize with prompt {prompt}" if prompt else "authorize")
        application = self._client(pick)
        has_challenge |= not application.secret
        verifier = self._new() if has_challenge else ""
        sent = Sent(
            application, scopes, resource, prompt, max_age, verifier, self._new()
        )
        self._authorize(number, sent, _query(sent))

    @rule(pick=picks, scopes=wanted, resource=resources)
    def ask_on_device(self, pick: int, scopes: frozenset[str], resource: str) -> None:
        """Let a device ask for a code, and show it."""
        sent = Sent(self._client(pick), scopes, resource)
        application, problem = sent.application, self.model.problem(sent)
        self._step("ask on a device")
        asked = {"scope": " ".join(sorted(scopes)), "resource": resource}
        if not application.is_live:
            problem = "invalid_client"
        elif application.is_first_party:
            problem = "unauthorized_client"
        try:
            answer = self.world.do(
                self.world.ask_on_device,
                client_id=application.id,
                client_secret=application.secret,
                **asked,
            )
        except NotFound:
            assert not self._configured
        except OAuthError as refused:
            assert refused.error == problem
        else:
            assert not problem
            left = self.model.left(sent)
            self._keep(
                answer["device_code"],
                replace(sent, wanted=frozenset(left)),
                left,
                self.model.now + model.DEVICE_LIFETIME,
                user_code=answer["user_code"],
            )

    @precondition(lambda self: any(it.user_code for it in self.model.codes))
    @rule(number=browsers, pick=picks, then=st.sampled_from(["allow", "deny", "wait"]))
    def enter_code(self, number: int, pick: int, then: str) -> None:
        """Type the code that a device shows, or has shown; answer at once, or later."""
        codes = [it for it in self.model.codes if it.user_code]
        code = _chosen(pick, codes, self.model.is_waiting)
        user_id = self._logged_in[number]
        if not user_id or not self.model.users[user_id].exists:
            return
        self._step("enter the code of a device")
        answer = self.world.do(
            self.world.answer, number, True, user_code=code.user_code
        )
        may = self._may_allow(user_id, code)
        if "question" in answer:
            assert may
            self._ask(code.sent, number, user_id, answer["question"], code)
            if then != "wait":
                self.answer(-1, then == "allow")
        else:
            assert "page" in answer
            assert not may or code.had_expired or not self._configured

    def _may_allow(self, user_id: str, code: Code) -> bool:
        """Whether a device waits for something that a person may let it do."""
        return (
            self.model.is_waiting(code)
            and not self.model.problem(code.sent)
            and self.model.may_authorize(user_id, code.sent)
        )

    @rule(
        user_id=users,
        pick=picks,
        scopes=wanted,
        resource=resources,
        prompt=prompts,
        on_device=st.sampled_from(["", "", "", "", "allow", "deny"]),
    )
    def sign_in(
        self,
        user_id: str,
        pick: int,
        scopes: frozenset[str],
        resource: str = "",
        prompt: str = "",
        on_device: str = "",
    ) -> None:
        """Put right what keeps a user from an application, and let them sign in."""
        clients = [it for it in self.model.applications if not it.resource]
        live = [it for it in clients if it.ended_at is None]
        application = live[pick % len(live)]
        client, number = clients.index(application), model.USERS.index(user_id)
        self._put_right(user_id, application, resource)
        self.log_in(number, user_id, True)
        # A log-in of this very moment would be one for this request.
        self.advance(1)
        self._questions.clear()
        if on_device:
            self.ask_on_device(client, scopes, resource)
            for _ in range(2):
                self.redeem(-1, "as it should be")
            if self.model.codes[-1].user_code:
                self.enter_code(number, -1, on_device)
        else:
            self.authorize(number, client, scopes, resource, prompt, None, True)
            if not self._logged_in[number]:
                # First without proof, which comes to nothing.
                for is_proven in (False, True):
                    self.log_in(number, user_id, is_proven)
                    self.resume(number, -1)
        if self._questions and not on_device:
            self.answer(0, True)
        self.redeem(-1, "as it should be")

    def _put_right(self, user_id: str, application: Application, url: str) -> None:
        found = self.model.newest(user_id, application, url)
        for what in (application, found, self.model.resource(url)):
            if what is not None and what.is_disabled and what.ended_at is None:
                self._switch(what)
        if (
            found is not None
            and found.is_current(self.model.now)
            and found.is_elsewhere
        ):
            self._limit_addresses(found, False)
        if not self._is_sealing:
            self.change_sealing_keys("find")
        if not self.model.users[user_id].exists:
            self._create_user(user_id)
        if not self.model.users[user_id].is_member:
            self.change_user(user_id, "role")
        if application.is_for_group and not self.model.users[user_id].in_group:
            self.change_user(user_id, "group")

    @precondition(lambda self: self._waiting)
    @rule(number=browsers, pick=picks)
    def resume(self, number: int, pick: int) -> None:
        """Come back from the log-in with the request that has waited."""
        self._step("resume")
        waiting = self._waiting[pick % len(self._waiting)]
        is_over = self.model.now >= waiting.made_at + model.PENDING_LIFETIME
        is_readable = waiting.key in self._configured and not is_over
        self._authorize(number, waiting.sent, waiting.query, is_readable, waiting.since)

    def _authorize(
        self,
        number: int,
        sent: Sent,
        query: str,
        is_readable: bool = True,
        since: float | None = None,
    ) -> None:
        try:
            answer = self.world.do(self.world.authorize, number, query)
        except OFF:
            # There is nothing to seal with.
            assert not self._is_sealing
            return
        user_id, expected = self._logged_in[number], "page"
        if is_readable:
            auth_time = self._auth_time(number)
            expected = self.model.answer_to(sent, user_id, auth_time, since)
        assert expected in answer or answer.get("error") == expected, (expected, answer)
        if expected == "log_in":
            # Also of somebody who was: else a wrong password would do.
            assert not self.world.browsers[number].user_id
            self._logged_in[number] = ""
            self._wait(sent, answer["log_in"], since)
        elif expected == "question":
            self._ask(sent, number, user_id, answer["question"])
        elif expected == "code":
            found = self.model.newest(user_id, sent.application, sent.resource)
            if found is None or sent.application.is_first_party:
                found = self._record(user_id, sent)
            self._code(number, sent, found, answer["code"])

    @precondition(lambda self: self._questions)
    @rule(pick=picks, is_yes=st.sampled_from([True, True, True, False]))
    def answer(self, pick: int, is_yes: bool) -> None:
        """Answer a question, whatever has happened since."""
        question = self._questions[pick % len(self._questions)]
        sent, user_id, device = question.sent, question.user_id, question.device
        is_there = self.model.users[user_id].exists
        if self._logged_in[question.browser] != user_id or not is_there:
            return
        self._step("answer")
        answer = self.world.do(
            self.world.answer,
            question.browser,
            device is not None,
            pending=question.kept,
            **({"answer": "allow"} if is_yes else {}),
        )
        if device is not None:
            self._answered(question, device, is_yes, answer["page"])
        elif not sent.application.is_live:
            assert "page" in answer, answer
        elif problem := self.model.problem(sent):
            assert answer["error"] == problem, answer
        elif not is_yes or not self.model.may_authorize(user_id, sent):
            assert answer["error"] == "access_denied", answer
        else:
            authorization = self._record(user_id, sent)
            self._code(question.browser, sent, authorization, answer["code"])

    def _answered(
        self, question: Question, device: Code, is_yes: bool, page: str
    ) -> None:
        """Somebody has told a device whether it may go on."""
        if not self._configured or not self.model.is_waiting(device):
            assert page != "200"
        elif not is_yes:
            assert page == "200"
            device.is_answered = True
        else:
            may = self._may_allow(question.user_id, device)
            assert may == (page == "200"), page
            if may:
                device.scopes = self.model.left(device.sent)
                device.authorization = self._record(question.user_id, device.sent, True)
                device.is_answered = True

    def _record(
        self, user_id: str, sent: Sent, is_device: bool = False
    ) -> Authorization:
        application, scopes = sent.application, self.model.left(sent)
        found = self.model.newest(user_id, application, sent.resource)
        if found is None or not found.is_live(self.model.now):
            stored = self.world.server.storage["authorization"]
            newest: Any = stored.newest(user_id, application.id, sent.resource)
            assert newest.credential_id not in {
                each.id for each in self.model.authorizations
            }
            found = Authorization(
                newest.credential_id, user_id, application, set(), sent.resource
            )
            self.model.authorizations.append(found)
        is_asked = not application.is_first_party or model.OFFLINE in scopes
        found.knows_target |= is_asked and not is_device
        found.scopes = scopes | granted(found.scopes) & granted(application.scopes)
        return found

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
        self._keep(
            value,
            sent,
            self.model.left(sent),
            self.model.now + model.CODE_LIFETIME,
            authorization,
            session,
            session.auth_time,
        )

    def _keep(self, *about: Any, **more: Any) -> None:
        self.model.codes = [*self.model.codes, Code(*about, **more)][-MAX_TOKENS:]

    def _ask(self, *about: Any) -> None:
        self._questions = [*self._questions, Question(*about)][-MAX_WAITING:]

    def _wait(self, sent: Sent, query: str, since: float | None) -> None:
        if sent.prompt == "login" or sent.max_age is not None:
            since = since or self.model.now
        key, now = self._configured[0], self.model.now
        waiting = Waiting(sent, query, key, now, since)
        self._waiting = [*self._waiting, waiting][-MAX_WAITING:]

    # -- programs -----------------------------------------------------------------

    @precondition(lambda self: self.model.codes)
    @rule(
        pick=picks,
        how=st.sampled_from(
            [
                *["as it should be"] * 6,
                "by another client",
                "for another resource",
                "with another verifier",
                "with another redirect URI",
            ]
        ),
    )
    def redeem(self, pick: int, how: str) -> None:
        """Exchange a code: in time or late, once or again, rightly or wrongly.

        That of a device is asked for until somebody has answered.
        """
        code = _chosen(
            pick,
            self.model.codes,
            lambda it: not it.is_used and self.model.now < it.expires_at,
        )
        self._redeem(code, how)

    def _redeem(self, code: Code, how: str = "as it should be") -> None:
        if code.user_code and how.startswith("with"):
            how = "as it should be"
        what = "poll" if code.user_code else "redeem"
        self._step(f"{what} {how}")
        is_right = how == "as it should be"
        allowed = self.model.may_redeem(code) if is_right else False
        name, application, parameters = self._arguments(code, how)
        error = ""
        if code.user_code and is_right and allowed is False and application.is_live:
            error = self.model.poll(code)
        answer = self._grant(
            allowed, code.scopes, name, application, parameters, verdict=what
        )
        if answer is not None:
            self._redeemed(code, answer)
            return
        if error and error != "invalid_grant" and not code.was_forgotten:
            assert self._error == error, (self._error, error)
        if how == "with another verifier" and not self.model.is_forgotten(code):
            # One that never had a challenge is refused, and no more.
            code.is_used |= bool(code.sent.verifier)
        elif (
            (is_right or how == "for another resource")
            and code.is_used
            and not code.was_forgotten
        ):
            self._end_what_was_made(code)

    def _arguments(self, code: Code, how: str) -> tuple[str, Application, Any]:
        sent, application = code.sent, code.sent.application
        if code.user_code:
            name, parameters = DEVICE_CODE, {"device_code": code.value}
        else:
            name = AUTHORIZATION_CODE
            parameters = {"code": code.value, "redirect_uri": application.redirect_uri}
        if sent.verifier:
            parameters["code_verifier"] = sent.verifier
        if sent.resource:
            parameters["resource"] = sent.resource
        match how:
            case "by another client":
                application = self._other(application)
            case "for another resource":
                parameters["resource"] = _other_resource(sent.resource)
            case "with another verifier":
                parameters["code_verifier"] = self._new()
            case "with another redirect URI":
                parameters["redirect_uri"] += "/"
        return name, application, parameters

    def _redeemed(self, code: Code, answer: dict[str, Any]) -> None:
        code.is_used = True
        assert code.authorization is not None
        application, now = code.sent.application, self.model.now
        family = None
        is_staying = application.stays_signed_in or model.OFFLINE in code.scopes
        assert ("refresh_token" in answer) == is_staying
        if is_staying:
            family = Family(
                code.authorization, code.scopes, answer["refresh_token"], now, now
            )
            self.model.start(family)
        token = self._token(
            code.authorization,
            code.scopes,
            answer,
            family=family,
            session=None if family else code.session,
        )
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
        **more: Any,
    ) -> Token:
        """Look at an access token and keep it; see Token."""
        ends = [self.model.now + model.TOKEN_LIFETIME, authorization.expires_at]
        if "origin" in more:
            ends.append(more["origin"].expires_at)
        expires_at = min(end for end in ends if end is not None)
        scopes = granted(scopes) & granted(authorization.scopes)
        assert set(answer["scope"].split()) == scopes
        assert answer["expires_in"] == int(expires_at - self.model.now)
        value = answer["access_token"]
        token = Token(value, authorization, scopes, expires_at, **more)
        self.model.tokens = [*self.model.tokens, token][-MAX_TOKENS:]
        return token

    def _id_token(
        self, code: Code, answer: dict[str, Any], family: Family | None
    ) -> None:
        """Look at the ID token of a code."""
        assert code.authorization is not None
        claims = self._claims(code.authorization, code.scopes, answer)
        if not claims:
            return
        session, auth_time = code.session, code.auth_time
        about = {name: claims.get(name) for name in ("sub", "sid", "auth_time")}
        assert about["auth_time"] == (None if auth_time is None else int(auth_time))
        assert code.sent.max_age is None or auth_time is not None
        assert claims.get("nonce", "") == code.sent.nonce
        if session is None:
            assert about["sid"] is None
        else:
            client_id = code.sent.application.id
            known = session.sids.setdefault(client_id, claims["sid"])
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
        which=st.sampled_from(["current", "current", "previous", "previous", "older"]),
        how=st.sampled_from(
            [
                *["as it should be"] * 6,
                "by another client",
                "for another resource",
                "for less",
                "for more",
            ]
        ),
    )
    def refresh(self, pick: int, which: str, how: str) -> None:
        self._refresh(self._family(pick), which, how)

    @precondition(lambda self: self.model.families)
    @rule(again=switches)
    def refresh_everywhere(self, again: bool) -> None:
        """Every application goes on that can; some have lost the answer."""
        for family in self.model.families:
            if self.model.may_refresh(family, family.current):
                self._refresh(family, "current")
                if again:
                    self._refresh(family, "previous")

    def _refresh(
        self, family: Family, which: str, how: str = "as it should be"
    ) -> None:
        sent = self._refresh_token(family, which)
        if not sent:
            return
        self._step(f"refresh with the {which} token {how}")
        authorization = family.authorization
        application = authorization.application
        scopes = granted(family.scopes)
        parameters = {"refresh_token": sent}
        allowed: bool | None = False
        match how:
            case "by another client":
                application = self._other(application)
            case "for another resource":
                parameters["resource"] = _other_resource(authorization.resource)
            case "for more":
                more = scopes | {min(model.SCOPES - scopes, default=self._new())}
                parameters["scope"] = " ".join(sorted(more))
            case "for less":
                scopes = granted({min(scopes)})
                parameters["scope"] = min(scopes)
        if how in ("as it should be", "for less"):
            allowed = self.model.may_refresh(family, sent)
            allowed = allowed if scopes & granted(authorization.scopes) else False
            parameters["resource"] = authorization.resource or light.ISSUER
        answer = self._grant(
            allowed,
            scopes,
            REFRESH_TOKEN,
            application,
            parameters,
            verdict=f"refresh with the {which}",
        )
        if answer is not None:
            self._refreshed(family, sent, answer, scopes)
        elif application is authorization.application and application.is_live:
            self._may_be_reused(family, sent)

    def _family(self, pick: int) -> Family:
        """One of them; mostly one whose application goes on."""
        return _chosen(
            pick,
            self.model.families,
            lambda it: bool(self.model.may_refresh(it, it.current)),
        )

    def _refresh_token(self, family: Family, which: str) -> str:
        if which == "older":
            return family.older[-1] if family.older else ""
        return family.current if which == "current" else family.previous

    def _refreshed(
        self,
        family: Family,
        sent: str,
        answer: dict[str, Any],
        scopes: set[str] | None = None,
    ) -> None:
        """Look at what a refresh gives, of some scopes or of all that there are."""
        scopes = family.scopes if scopes is None else scopes
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
        self._token(authorization, scopes, answer, family=family)
        claims = self._claims(authorization, scopes, answer)
        if claims:
            assert "nonce" not in claims
            about = {name: claims.get(name) for name in ("sub", "sid", "auth_time")}
            assert about == family.about

    def _may_be_reused(self, family: Family, sent: str) -> None:
        """A token that has had its successor ends its family."""
        if family.is_live(self.model.now) and not self.model.is_good(family, sent):
            if not family.had_expired:
                family.has_ended = True
            else:
                # Storage may have forgotten it.
                stored = self._stored(family)
                family.has_ended = stored is None or stored.has_ended

    def _stored(self, family: Family) -> Any:
        return find_family(self.world.server, family.current, self.model.now)

    @precondition(lambda self: self.model.tokens)
    @rule(pick=picks, by_other=seldom, is_less=switches)
    def exchange(self, pick: int, by_other: bool, is_less: bool) -> None:
        """Let a resource exchange a token that it was sent, or any other."""
        token = _chosen(pick, self.model.tokens, lambda it: bool(it.audience))
        url = token.authorization.resource
        resource = self.model.resource(_other_resource(url) if by_other else url)
        if resource is None:
            return
        self._step("exchange a token" + " elsewhere" * by_other)
        scopes = self.model.exchanged(token, resource)
        parameters = {"subject_token": token.value, "subject_token_type": ACCESS_TOKEN}
        if is_less:
            scopes &= {model.READ}
            parameters["scope"] = model.READ
        allowed = None if scopes and token.had_expired else bool(scopes)
        answer = self._grant(
            allowed, set(), TOKEN_EXCHANGE, resource, parameters, verdict="exchange"
        )
        if answer is not None:
            assert not {"refresh_token", "id_token"} & answer.keys()
            self._token(
                token.authorization,
                scopes,
                answer,
                family=token.family,
                session=token.session,
                actor=resource,
                origin=token,
            )

    def _grant(
        self,
        allowed: bool | None,
        scopes: set[str],
        name: str,
        application: Application,
        parameters: dict[str, str],
        verdict: str,
    ) -> dict[str, Any] | None:
        """What the token endpoint answers; None for a refusal, kept in _error."""
        try:
            answer: dict[str, Any] = self.world.do(
                self.world.grant, **_asked(name, application, parameters)
            )
        except OFF:
            # Nothing has changed: the same works once there is the key again.
            assert not self._is_sealing and model.OPENID in scopes
            assert allowed is not False
            self._error = "off"
        except OAuthError as refused:
            assert not allowed, f"{verdict} is refused: {refused!r}"
            self._error = refused.error
        else:
            assert allowed is not False, f"{verdict} is not refused"
            self._verdict(f"{verdict}: granted")
            return answer
        self._verdict(f"{verdict}: {self._error}")
        return None

    # -- two at once --------------------------------------------------------------

    @precondition(lambda self: self.model.codes)
    @rule(
        pick=picks,
        other=st.sampled_from(["redeem", "withdraw", "log out", "delete"]),
        number=browsers,
    )
    def redeem_while(self, pick: int, other: str, number: int) -> None:
        """Exchange a code, of a device or another, while something else happens."""
        good = [it for it in self.model.codes if self.model.may_redeem(it) is True]
        if not good or not self._is_sealing:
            return
        code = good[pick % len(good)]
        self._step(f"redeem while others {other}")
        sent = _asked(*self._arguments(code, "as it should be"))

        def slow(server: Any, is_repeated: bool) -> dict[str, Any]:
            return self.world.grant(server, is_repeated=is_repeated, **sent)

        def fast() -> None:
            if other == "redeem":
                self._redeemed(code, self.world.do(self.world.grant, **sent))
            else:
                self._meanwhile(other, code.authorization, number)

        try:
            answer, _ = self.world.race(slow, fast)
        except REFUSALS:
            # What came first counts, and nothing ends.
            assert other != "log out" or self.model.may_redeem(code) is False
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
        if self.model.may_refresh(family, sent) is not True or not self._is_sealing:
            return
        self._step(f"refresh while others {other}")
        application = family.authorization.application
        asked = _asked(REFRESH_TOKEN, application, {"refresh_token": sent})

        def slow(server: Any, is_repeated: bool) -> dict[str, Any]:
            return self.world.grant(server, is_repeated=is_repeated, **asked)

        def fast() -> None:
            if other == "refresh":
                self._refreshed(family, sent, self.world.do(self.world.grant, **asked))
            elif other == "revoke":
                self._revoke_held(sent)
                family.has_ended = True
            else:
                self._meanwhile(other, family.authorization, number)

        try:
            answer, has_conflicted = self.world.race(slow, fast)
        except REFUSALS:
            assert other != "refresh", "an honest client is refused"
            return
        assert other != "revoke", "a refresh has outlived its family"
        assert has_conflicted == (other == "refresh")
        self._refreshed(family, sent, answer)

    def _meanwhile(self, what: str, authorization: Any, number: int) -> None:
        if what == "log out":
            self._log_out(number)
        else:
            ends = authorization if what == "withdraw" else authorization.application
            self._end(ends)

    # -- ending tokens ------------------------------------------------------------

    @precondition(lambda self: self.model.tokens)
    @rule(pick=picks)
    def revoke_access_token(self, pick: int) -> None:
        origins = {it.origin for it in self.model.tokens}
        token = _chosen(pick, self.model.tokens, lambda it: it in origins)
        if token.had_expired:
            return
        self._step("revoke an access token")
        self._revoke_held(token.value)
        # One whose origin is gone is none any more.
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

        def rotate(server: Any) -> bool:
            ring, now = SigningKeyRing(server), self.model.now
            if not is_emergency:
                return ring.rotate("an administrator", now)
            ring.replace("an administrator", now)
            return True

        are_new = self.world.do(rotate)
        published = None if is_emergency else self.model.now
        after = set(self.world.jwks())
        self._published |= dict.fromkeys(after - before, published)
        assert bool(after - before) == are_new
        assert before <= after or is_emergency
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
        self._step(f"sealing keys, {what}")
        if what == "reseal and drop":
            self.world.do(reseal)
            self._sealing_keys = keys[:1]
        other = [make_key()] if what == "mistake" else []
        self._configured = self._sealing_keys if self._is_sealing else other
        self.world.configure(self._configured)

    # -- time and chance ----------------------------------------------------------

    @rule(
        seconds=st.sampled_from(
            [
                *([1, 20, 29, 31, 61, 601] * 3),
                *(1801, 3601, 2 * model.HOUR),
                *(25 * model.HOUR, 31 * model.DAY, 91 * model.DAY),
                *(-1, -31, -61, -model.HOUR, -2 * model.HOUR),
            ]
        )
    )
    def advance(self, seconds: float) -> None:
        self._step("advance the clock" if seconds > 0 else "set the clock back")
        self.model.advance(seconds)
        self.world.now = self.model.now

    @rule(how=st.sampled_from(["restart", "crash", "empty the caches", "purge"]))
    def upkeep(self, how: str) -> None:
        """What an administrator does, and what happens by itself at night."""
        self._step(how)
        match how:
            case "empty the caches":
                self.world.minimize()
            case "purge":
                self.world.do(maintenance.purge, self.model.now)
                self.model.forget()
                self.model.purge()
            case _:
                self.world.restart(how == "crash")

    # -- what must hold -----------------------------------------------------------

    @invariant()
    def every_access_token_does_what_it_must(self) -> None:
        """At the site, and for who asks: each client in turn, and who may know all."""
        self.world.next_client()
        applications = [it for it in self.model.applications if it.ended_at is None]
        asks = applications[next(self._turns) % len(applications)]
        for token in self.model.tokens:
            expected = self.model.access(token)
            found = self.world.access(token.value)
            assert found in expected, (found, expected, token)
            expected = self.model.gives(token)
            told = self.world.introspected(token.value, "")
            assert _scopes_in(told) in expected, (told, expected, token)
            if told["active"]:
                assert told.get("aud", "") == token.audience
                actor = told.get("act", {}).get("sub", "")
                assert actor == (token.actor.id if token.actor else "")
            is_told = self.model.is_told(asks, token)
            told_too = self.world.introspected(token.value, asks.id)
            assert told_too == (told if is_told else {"active": False})
            self._verdict("lives" if told["active"] else "refused")

    @invariant()
    def every_refresh_token_says_what_it_is(self) -> None:
        for family in self.model.families:
            for token in filter(None, (family.current, family.previous)):
                active = self.world.introspected(token, "")["active"]
                expected = self.model.is_active(family, token)
                assert active == expected or (family.had_expired and not active)

    @invariant()
    def every_id_token_verifies_while_it_is_good(self) -> None:
        keys = self.world.jwks()
        for each in self.model.id_tokens:
            # Also a key that others have not asked for since.
            until = max(each.expires_at, each.issued_at + model.JWKS_MAX_AGE)
            if each.issued_at <= self.model.now < until:
                assert each.kid in keys
        for kid in self.world.signing():
            self._check_was_published(kid)
        for each in self.model.id_tokens[-2:]:
            assert self.world.hint(each.value)["aud"] == each.application.id

    # -- tools --------------------------------------------------------------------

    def _switch(self, what: Application | Authorization) -> None:
        self._step("enable" if what.is_disabled else "disable")

        def switch(server: Any) -> int:
            by = self.world.requester(server, None)
            if what.is_disabled:
                return enable_credentials(server, by, [what.id])
            return disable_credentials(server, by, [what.id], self.model.now)

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

    def _auth_time(self, number: int) -> float | None:
        """When who is logged in in a browser has done so there, as far as is known."""
        session = self._session(number)
        is_own = session is not None and session.user_id == self._logged_in[number]
        return session.auth_time if session is not None and is_own else None

    def _client(self, pick: int) -> Application:
        """An application that people sign in to, also one of before."""
        clients = [it for it in self.model.applications if not it.resource]
        return clients[pick % len(clients)]

    def _other(self, application: Application) -> Application:
        """Another one that people sign in to, a live one if there is any."""
        others = [it for it in self.model.applications if not it.resource]
        others.remove(application)
        return max(others, key=lambda it: it.is_live)

    def _authorization(self, pick: int) -> Authorization:
        found = [each for each in self.model.authorizations if not each.is_forgotten]
        return (found or self.model.authorizations)[pick % (len(found) or 1)]

    def _one_of_all(self, pick: int) -> Application | Authorization:
        """An authorization, an application that people sign in to, or a resource."""
        if self.model.authorizations and pick % 3 == 0:
            return self._authorization(pick)
        is_resource = pick % 3 == 1
        return _chosen(
            pick // 3,
            self.model.applications,
            lambda it: it.ended_at is None and bool(it.resource) == is_resource,
        )

    def _new(self) -> str:
        """A string that was not there before, fit for a verifier."""
        return f"{next(self._numbers):0>43}"

    def _verdict(self, what: str) -> None:
        self.verdicts[what] = self.verdicts.get(what, 0) + 1


def _chosen(pick: int, among: list[T], is_good: Callable[[T], bool]) -> T:
    """One of some, mostly a good one if there is any."""
    good = [each for each in among if is_good(each)]
    chosen = good if good and pick % 4 else among
    return chosen[pick % len(chosen)]


def _query(sent: Sent) -> str:
    parameters = {
        "client_id": sent.application.id,
        "redirect_uri": sent.application.redirect_uri,
        "response_type": "code",
        "scope": " ".join(sorted(sent.wanted)),
        "nonce": sent.nonce,
        "resource": sent.resource,
        "prompt": sent.prompt,
    }
    if sent.max_age is not None:
        parameters["max_age"] = str(sent.max_age)
    if sent.verifier:
        digest = hashlib.sha256(sent.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        parameters |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return urlencode({name: value for name, value in parameters.items() if value})


def _asked(
    name: str, application: Application, parameters: dict[str, str]
) -> dict[str, str]:
    """The parameters of a request to the token endpoint."""
    about = {"grant_type": name, "client_id": application.id}
    if application.secret:
        about["client_secret"] = application.secret
    return about | parameters


def _other_resource(url: str) -> str:
    return next(other for other in model.RESOURCES if other != url)


def _scopes_in(told: dict[str, Any]) -> frozenset[str] | None:
    """The scopes of a token by introspection, None for one that is not active."""
    return frozenset(told.get("scope", "").split()) if told["active"] else None
