"""Mail events as the JSON arrays that SendGrid's event webhook posts.

Here: names and shape of the webhook. Not here: which events happen (mail).
"""

import numpy as np
import pyarrow as pa

from demo.catalogue import BROWSERS, SITE
from demo.defects import BAD_TIME, NO_IDENTITY, NO_NAME
from demo.draws import SECOND, Columns, mixed
from demo.mail import CLICKED, MACHINE, OPENED, Campaigns
from demo.people import People
from demo.writers import Feed, coded, looked_up

PATTERN = "sendgrid/events_{date}.json"
EXPERIMENT = "subject_line"
VARIANTS = ("", "control", "question")
NAMES = (
    "processed", "delivered", "deferred", "dropped", "bounce", "open", "open", "click",
    "unsubscribe", "spamreport",
)  # fmt: skip
EXTRAS = (
    "",
    ',"response":"250 OK"',
    ',"response":"451 try again later","attempt":"1"',
    ',"reason":"Bounced Address"',
    ',"reason":"550 no such mailbox","status":"5.1.1","type":"bounce"',
    ',"sg_machine_open":true',
    ',"sg_machine_open":false',
    "",
    "",
    "",
)
PROXY = "Mozilla/5.0"  # what a mailbox provider's prefetching calls itself

LINE = f"""concat(
    '{{"sg_event_id":"', lower(to_hex(event_id)), '","sg_message_id":"', lower(to_hex(message_id)),
    '.recvd-7c6f-1-0"',
    case when fault <> {NO_IDENTITY} then concat(',"email":"', email, '"') else '' end,
    ',"timestamp":',
    case when fault = {BAD_TIME} then '"yesterday evening"' else cast(moment as varchar) end,
    case when fault <> {NO_NAME} then concat(',"event":"', event, '"') else '' end,
    ',"category":["', campaign, '"]', extra,
    case when user_agent is not null then concat(',"useragent":"', user_agent, '"') else '' end,
    case when is_click
        then concat(',"url":"{SITE}/?utm_source=newsletter&utm_medium=email&utm_campaign=',
            campaign, '"')
        else '' end,
    case when variant <> ''
        then concat(',"experiment":"{EXPERIMENT}","variant":"', variant, '"')
        else '' end,
    '}}')"""


def sendgrid_feed(people: People, campaigns: Campaigns, seed: int) -> Feed:
    """The feed of mail events."""
    agents = [PROXY, *BROWSERS]

    def arranged(rows: Columns) -> pa.Table:
        event, person = rows["event"], rows["person"]
        reads = (event == OPENED) | (event == CLICKED)
        agent = np.where(event == MACHINE, 0, np.where(reads, 1 + person % len(BROWSERS), -1))
        return pa.table(
            {
                "fault": rows["fault"],
                "event_id": mixed(rows["id"], seed, salt=3),
                "message_id": mixed(rows["mail"], seed, salt=4),
                "email": looked_up(people.emails, person, np.ones(len(person), dtype=bool)),
                "moment": rows["at"] // SECOND,
                "event": coded(event, list(NAMES)),
                "campaign": coded(rows["campaign"], campaigns.names),
                "extra": coded(event, list(EXTRAS)),
                "user_agent": coded(agent, agents),
                "is_click": event == CLICKED,
                "variant": coded(rows["variant"], list(VARIANTS)),
            }
        )

    return Feed("mail", PATTERN, LINE, arranged, before="[\n", between=",\n", after="\n]\n")
