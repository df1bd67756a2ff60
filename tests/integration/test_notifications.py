"""Notifications: whose they are, preferences, templates."""

import uuid

from harness import Case, settled, wait_until

PATH = "/v1/notifications"


class Notifications(Case):
    def post(self, user="customer1", **members):
        body = {"userId": self.waybill.tokens.subject(user), "type": "InApp", "subject": "Hello",
                "body": "World"} | members
        return self.client("operator").post(PATH, body)

    def test_faults_come_at_once(self):
        operator = self.client("operator")
        self.assertEqual(operator.post(PATH, {}).faults(), ["/body", "/subject", "/type",
                                                            "/userId"])
        answer = self.post(userId="", type="Pigeon", subject="x" * 201, body="", orderId="7",
                           status="Sent")
        self.assertEqual(answer.faults(), ["/body", "/orderId", "/status", "/subject", "/type",
                                           "/userId"])

    def test_what_is_somebody_elses_is_not_found(self):
        row = self.post("customer2").expect(201).json
        client = self.client("customer1")
        client.get(f"{PATH}/{row['id']}").refused(404, "not-found")
        client.post(f"{PATH}/{row['id']}/read").refused(404, "not-found")
        client.get(f"{PATH}/{uuid.uuid4()}").refused(404, "not-found")
        for user in (self.waybill.tokens.subject("customer2"), "role:operator"):
            client.get(f"{PATH}?userId={user}").refused(403, "forbidden")
            client.get(f"{PATH}/unread-count?userId={user}").refused(403, "forbidden")
        self.assertNotIn(row["id"], {one["id"] for one in client.every(PATH)})
        self.assertIn(row["id"], {one["id"] for one in self.client("customer2").every(PATH)})

    def test_a_notification_is_sent_counted_and_read_once(self):
        client = self.client("customer1")
        unread = client.get(f"{PATH}/unread-count").expect(200).json["unread"]
        answer = self.post().expect(201)
        row = answer.json
        self.assertEqual(answer.headers["Location"], f"{PATH}/{row['id']}")
        self.assertEqual((row["status"], row["attempts"], row["readAt"]), ("Sent", 1, None))
        self.assertEqual(client.get(f"{PATH}/unread-count").json, {"unread": unread + 1})
        self.assertIn(row["id"], {one["id"] for one in client.every(f"{PATH}?unread=true")})
        client.post(f"{PATH}/{row['id']}/read", If_Match='"9"').refused(412, "version-mismatch")
        read = client.post(f"{PATH}/{row['id']}/read", If_Match=answer.etag).expect(200).json
        self.assertIsNotNone(read["readAt"])
        self.assertEqual(client.post(f"{PATH}/{row['id']}/read").expect(200).json, read)
        self.assertEqual(client.get(f"{PATH}/unread-count").json, {"unread": unread})
        self.assertNotIn(row["id"], {one["id"] for one in client.every(f"{PATH}?unread=true")})
        self.assertEqual(client.get(f"{PATH}?unread=maybe").faults(), ["?unread"])

    def test_holders_of_a_role_see_what_is_sent_to_it(self):
        row = self.post(userId="role:operator").expect(201).json
        for user, sees in (("operator", True), ("admin", True), ("customer1", False)):
            with self.subTest(user=user):
                ids = {one["id"] for one in self.client(user).every(PATH)}
                self.assertEqual(row["id"] in ids, sees)

    def test_one_that_was_sent_is_not_sent_again(self):
        row = self.post().expect(201).json
        problem = self.client("operator").post(f"{PATH}/{row['id']}/retry").refused(
            409, "illegal-transition")
        self.assertEqual(problem["currentStatus"], "Sent")
        self.client("operator").post(f"{PATH}/{uuid.uuid4()}/retry").refused(404, "not-found")

    def test_preferences_are_checked_and_decide_what_is_made(self):
        client = self.client("customer2")
        answer = client.get(f"{PATH}/preferences").expect(200)
        self.assertEqual({key: answer.json[key] for key in ("InApp", "Email", "SMS", "Push")},
                         {"InApp": True, "Email": False, "SMS": False, "Push": False})
        wrong = {"InApp": "yes", "email": "x", "phone": 7, "Fax": True}
        self.assertEqual(client.put(f"{PATH}/preferences", wrong).faults(),
                         ["/Fax", "/InApp", "/email", "/phone"])
        wrong = {"email": "no address", "phone": "abcdef", "pushEndpoint": "http://insecure",
                 "locale": "??"}
        self.assertEqual(client.put(f"{PATH}/preferences", wrong).faults(),
                         ["/email", "/locale", "/phone", "/pushEndpoint"])
        skipped = self.post("customer2", type="Email").expect(201).json
        self.assertEqual(skipped["status"], "Skipped")
        client.put(f"{PATH}/preferences", {}, If_Match='"77"').refused(412, "version-mismatch")
        wanted = {"Email": True, "email": "customer2@example.org", "locale": "de-AT"}
        kept = client.put(f"{PATH}/preferences", wanted, If_Match=answer.etag).expect(200)
        self.assertEqual((kept.json["Email"], kept.json["email"], kept.json["locale"]),
                         (True, "customer2@example.org", "de-AT"))
        self.assertEqual(client.get(f"{PATH}/preferences").json, kept.json)
        self.assertEqual(self.post("customer2", type="Email").expect(201).json["status"], "Sent")
        retried = self.client("operator").post(f"{PATH}/{skipped['id']}/retry").expect(200).json
        self.assertEqual(retried["status"], "Sent")

        product = self.product()
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]}).json

        def types():
            return sorted(row["type"] for row in client.every(PATH)
                          if row["orderId"] == order["id"])
        wait_until(lambda: types() == ["Email", "InApp"], "one by mail and one in the app")
        client.put(f"{PATH}/preferences", {"InApp": False}).expect(200)
        silent = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]}).json
        settled(client, silent["id"], "Confirmed")
        client.put(f"{PATH}/preferences", {"InApp": True}).expect(200)
        last = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]}).json
        wait_until(lambda: [row for row in client.every(PATH) if row["orderId"] == last["id"]],
                   "a notification of the later order")
        self.assertEqual([row for row in client.every(PATH) if row["orderId"] == silent["id"]], [])


class Templates(Case):
    PATH = f"{PATH}/templates"

    def setUp(self):
        self.operator = self.client("operator")

    def template(self, event="OrderConfirmed", kind="InApp"):
        found = self.operator.every(f"{self.PATH}?event={event}&type={kind}")
        return next(one for one in found if one["locale"] == "en")

    def test_faults_of_templates_are_named(self):
        body = {"event": "OrderConfirmed", "type": "InApp", "locale": "fr", "name": "n",
                "subject": "s {{orderNumber}}", "body": "b"}
        for members, pointers in (({"event": "NoSuch"}, ["/event"]), ({"type": "Fax"}, ["/type"]),
                                  ({"locale": "french!"}, ["/locale"]),
                                  ({"subject": "{{nothing}}", "body": "{{open"},
                                   ["/body", "/subject"]),
                                  ({"locale": "en"}, ["/locale"]), ({"name": ""}, ["/name"])):
            with self.subTest(members=members):
                self.assertEqual(self.operator.post(self.PATH, body | members).faults(), pointers)
        self.operator.get(f"{self.PATH}/{uuid.uuid4()}").refused(404, "not-found")
        self.assertEqual(self.operator.get(f"{self.PATH}?type=Fax").faults(), ["?type"])

    def test_a_template_is_made_previewed_changed_and_deleted(self):
        body = {"event": "OrderShipped", "type": "InApp", "locale": "de", "name": "versandt",
                "subject": "Bestellung {{orderNumber}}", "body": "<b>{{carrier}}</b> {{{carrier}}}"}
        answer = self.operator.post(self.PATH, body).expect(201)
        made = answer.json
        path = answer.headers["Location"]
        self.assertEqual(path, f"{self.PATH}/{made['id']}")
        shown = self.operator.post(f"{path}/preview", {"fields": {"carrier": "A&B"}}).expect(200)
        self.assertEqual(shown.json["body"], "<b>A&amp;B</b> A&B")
        self.assertRegex(self.operator.post(f"{path}/preview").expect(200).json["subject"],
                         r"^Bestellung WB-")
        self.operator.put(path, body).refused(428, "precondition-required")
        self.operator.put(path, body | {"locale": "fr"}, If_Match=answer.etag).expect(422)
        changed = self.operator.put(path, body | {"body": "neu"}, If_Match=answer.etag).expect(200)
        self.assertEqual((changed.json["body"], changed.json["version"]), ("neu", 2))
        self.operator.put(path, body, If_Match=answer.etag).refused(412, "version-mismatch")
        self.operator.delete(path, If_Match=answer.etag).refused(412, "version-mismatch")
        self.operator.delete(path, If_Match=changed.etag).expect(204)
        self.operator.get(path).refused(404, "not-found")

        def acts():
            events = self.operator.every("/v1/audit/events?type=OperatorActed")
            return [event["data"]["action"] for event in events
                    if made["id"] in event["data"]["target"]]
        wait_until(lambda: sorted(acts()) == ["template.created", "template.deleted",
                                              "template.updated"], "three acts in the audit")

    def test_a_changed_template_is_what_the_next_event_says(self):
        template = self.template()
        path = f"{self.PATH}/{template['id']}"
        body = {key: template[key] for key in ("event", "type", "locale", "name", "body",
                                               "enabled")}
        self.operator.put(path, body | {"subject": "Danke {{orderNumber}}"}, If_Match="*"
                          ).expect(200)
        client, product = self.client("customer1"), self.product()
        order = client.post("/v1/orders", {"items": [{"sku": product["sku"], "quantity": 1}]}).json

        def subject():
            return next((row["subject"] for row in client.every(PATH)
                         if row["orderId"] == order["id"]), None)
        self.assertEqual(wait_until(subject, "the notification"), f"Danke {order['orderNumber']}")
