"""The rules about who acts and when: payment, time, limits, signing in, others' things, repeats."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.conftest import PASSWORD
from tests.model.counting import used
from tests.model.driver import BROWSER, HEADERS, PROGRAM, SCRIPTS
from tests.model.picking import ACTIONS, Picking
from tests.model.playing import name_of
from tests.model.reference import KEPT, Request, User
from tests.model.setting import SPAN, START, TICK, storage_for

numbers, orders, flags = st.integers(0, 11), st.integers(0, 9), st.booleans()
clients = st.sampled_from([BROWSER, SCRIPTS, PROGRAM])
events = st.sampled_from(["paid"] * 4 + ["payment_failed", "cancelled", "period_ended"])
intervals = st.sampled_from(["monthly"] * 4 + ["yearly", "weekly"])
mostly = st.sampled_from([True, True, False])
pauses = st.sampled_from([timedelta(hours=1), *(timedelta(days=days) for days in (2, 4, 8, 32))])
LONGEST = timedelta(days=32)
MOST_USERS = 5
LAST_ADDRESS = 10


class Accounts(Picking):
    """The account side of a story."""

    @rule(who=numbers, event=events, interval=intervals, keyed=flags)
    @used
    def bill(self, who: int, event: str, interval: str, *, keyed: bool) -> None:
        self.pay(self.user(who), event, interval, key=self.key(keyed=keyed))

    @precondition(lambda self: self.acted and self.now < START + SPAN - LONGEST)
    @rule(pause=pauses, renewed=mostly)
    @used
    def let_time_pass(self, pause: timedelta, *, renewed: bool) -> None:
        """Nothing is written by time alone; what it ends is worked out when someone acts."""
        self.acted = False
        payers = [user for user in self.world.users if user.subscription.pays(self.now)]
        self.now += pause
        self.set_clock()
        self.compare_rows()
        for user in payers if renewed else []:
            if user.number not in self.signed_out and not user.subscription.pays(self.now):
                self.pay(user, "paid", "monthly")

    @rule(
        top=st.sampled_from([3, 3, 4, 2]), restarts=st.integers(0, 3), places=st.integers(2, 4),
        examples=st.integers(0, 4),
    )  # fmt: skip
    @used
    def change_the_plans(self, top: int, restarts: int, places: int, examples: int) -> None:
        """An operator writes other limits into the plans' rows; they count from the next action."""
        self.world.free.top_step = top
        pro = self.world.pro
        pro.restarts, pro.active, pro.revisions = restarts, places, places
        pro.storage = storage_for(examples)
        self.driver.limit("free", self.world.free)
        self.driver.limit("pro", pro)

    @rule(who=numbers, where=numbers, order=orders, action=st.sampled_from(sorted(ACTIONS)))
    @used
    def trespass(self, who: int, where: int, order: int, action: str) -> None:
        """Someone else's project, revision or step: as if it did not exist."""
        target = self.target(action, where, order)
        others = [user for user in self.world.users if user is not target.owner]
        request = self.request(action, target, version=1, name="Mine", mode="lean")
        self.play(others[who % len(others)], target, request, ACTIONS[action])

    @rule(where=numbers, action=st.sampled_from(["save", "lock", "restart"]), client=clients)
    @used
    def go_beyond_the_last_step(self, where: int, action: str, *, client: str) -> None:
        """Step 5 of a lean revision. After step 10 there is not even an address."""
        revision = self.revision(where)
        if len(revision.steps) == LAST_ADDRESS:
            return
        beyond = ("step", *name_of(revision)[1:], len(revision.steps) + 1)
        request = Request(action, target=beyond, version=revision.version)
        self.play(revision.owner, None, request, ACTIONS[action], client=client)

    @precondition(lambda self: self.last is not None)
    @rule(client=clients)
    @used
    def send_again(self, *, client: str) -> None:
        """The very same form once more: a double click, or a repeated request."""
        assert self.last is not None
        self.play(*self.last, client=client)

    @precondition(lambda self: self.keyed)
    @rule(which=numbers, changed=flags, client=clients)
    @used
    def use_an_old_key(self, which: int, *, changed: bool, client: str) -> None:
        """A form from a tab that was left open, as it was or with something else in it."""
        user, target, request, operation = self.keyed[-1 - which % len(self.keyed)]
        if changed:
            request = replace(request, bogus=not request.bogus)
        remembered = user.remembered.get(request.key)
        if request.edits and (remembered is None or self.now + TICK >= remembered[2] + KEPT):
            return  # it may name rows that are gone by now; what that means is not said
        self.play(user, target, request, operation, client=client)

    @rule(who=numbers)
    @used
    def sign_out(self, who: int) -> None:
        """At most one user is signed out at a time; once more is refused like everything else."""
        gone = bool(self.signed_out)
        user = self.world.users[min(self.signed_out)] if gone else self.user(who)
        response = self.browser(user).post("/logout")
        if gone:
            self.expect(response, 401, "authentication_required")
        else:
            self.expect(response, 303, location="/")
        self.signed_out.add(user.number)

    @rule(who=numbers, wrong=flags, client=clients)
    @used
    def sign_in(self, who: int, *, wrong: bool, client: str) -> None:
        """Whoever is signed in may do it again; the wrong password changes nothing."""
        user = self.world.users[min(self.signed_out)] if self.signed_out else self.user(who)
        password = "not this one at all" if wrong else PASSWORD
        fields = {"email": self.browser(user).email, "password": password}
        response = self.browser(user).post("/login", fields, headers=HEADERS[client])
        if wrong:
            self.expect(response, 401, "invalid_credentials")
        else:
            self.expect(response, 303, location="/projects")
            self.signed_out.discard(user.number)
        self.compare_rows()

    @precondition(lambda self: len(self.world.users) < MOST_USERS)
    @rule(short=flags, client=clients)
    @used
    def sign_up(self, *, short: bool, client: str) -> None:
        """A new account is on Free, owns nothing, and is signed in at once."""
        user = User(len(self.world.users))
        visitor = self.driver.visitor(user)
        fields = {"email": visitor.email, "password": "short" if short else PASSWORD}
        response = visitor.post("/register", fields, headers=HEADERS[client])
        if short:
            self.expect(response, 422, "invalid_input")
        else:
            self.expect(response, 303, location="/projects")
            self.world.users.append(user)
            self.ids["user", user.number] = self.driver.identify(user)
        self.compare_rows()
