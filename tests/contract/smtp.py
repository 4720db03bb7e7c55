"""A mail server that takes everything, by aiosmtpd, and reads it as a reader's program does. Prints its address, and then each mail as one
line of JSON in the file that it is given; ends by a signal."""

import asyncio
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP

KEPT = open(sys.argv[1], "a", encoding="utf-8")


class Keep:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        defects = [repr(defect) for part in mail.walk() for defect in part.defects]
        headers = {name.lower(): str(value) for name, value in mail.items()}
        line = {"to": envelope.rcpt_tos, "from": envelope.mail_from, "headers": headers, "parts": parts, "defects": defects}
        print(json.dumps(line), file=KEPT, flush=True)
        return "250 taken"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print("smtp://127.0.0.1:%d?tls=none" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
