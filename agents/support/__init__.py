"""The first agent: customer service of a web shop, on the sample shop's knowledge."""
