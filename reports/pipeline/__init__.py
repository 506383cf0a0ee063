"""From accepted bytes to stored reports: claim, decode, scrub, classify, group, file."""
