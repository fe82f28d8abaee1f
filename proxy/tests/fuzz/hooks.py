"""What schemathesis has to be told besides the description: the accounts of this proxy, and how an entity tag is made up."""

import schemathesis
from hypothesis import strategies

# What the description of every proxy cannot know.
ACCOUNTS = ["shop", "cafe", "florist"]
WITH_ALL_DOORS = "shop"

# By itself it writes only letters and digits into some headers, pattern or not, and calls the refusal a fault.
TAG = r'\A(?:\*|(?:W/)?"[0-9a-f]{16}")\Z'
schemathesis.openapi.format("entity-tag", strategies.from_regex(TAG))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "account":
                    parameter["schema"]["enum"] = ACCOUNTS
                elif parameter["name"] == "platform":
                    parameter["schema"]["enum"] = ["camellia"]
                elif parameter["name"] == "If-Match":
                    parameter["schema"]["format"] = "entity-tag"
    properties = raw_schema["components"]["schemas"]["ExchangeRequest"]["properties"]
    properties["account"]["enum"] = [WITH_ALL_DOORS]
    # With an application it can be a contradiction, which a schema does not say.
    del properties["website"]
