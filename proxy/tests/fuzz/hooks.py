"""What the description of every proxy cannot know: the names of the accounts of this one, and which of them has a website application."""

import schemathesis

ACCOUNTS = ["shop", "cafe", "florist"]
WITH_WEBSITE = "shop"


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "account":
                    parameter["schema"]["enum"] = ACCOUNTS
    raw_schema["components"]["schemas"]["ExchangeRequest"]["properties"]["account"]["enum"] = [WITH_WEBSITE]
