"""What requests must have and what answers have, as OpenAPI describes it, with an example of each."""
