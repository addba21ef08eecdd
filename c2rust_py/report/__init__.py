"""What a run tells: c2rs-report.json, the summary, and the formats that other tools read."""
