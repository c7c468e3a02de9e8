drop table calendar_feeds;
drop table calendar_departures;
drop table calendar_attendees;
drop table calendar_events;
