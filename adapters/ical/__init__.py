"""iCalendar: rules of repetition by dateutil, files by icalendar."""
