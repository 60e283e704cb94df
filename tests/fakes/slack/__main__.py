"""A Slack to try the app in by hand: prints how to reach it, and draws its channels as pages.

python -m tests.fakes.slack [PORT]
"""

import asyncio
import sys

from tests.fakes.slack_twin import SlackTwin

PORT = 8065
PEOPLE = ("Mia", "Jonas")


async def serve(port: int) -> None:
    """Play Slack until it is stopped."""
    async with SlackTwin(port=port) as twin:
        channel = twin.add_channel("leads")
        twin.lets_in(channel, *(twin.add_user(name) for name in PEOPLE))
        sys.stdout.write(
            f"SLACK_API_URL={twin.base_url}\nSLACK_BOT_TOKEN={twin.bot_token}\n"
            f"SLACK_APP_TOKEN={twin.app_token}\nSLACK_SIGNING_SECRET={twin.signing_secret}\n"
            f"# channel {channel}, drawn at http://{twin.workspace.host}/look/{channel}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else PORT))
