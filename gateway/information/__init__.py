"""Information for residents: items with a source, an approver and a time until which they hold."""
