drop table holiday_years;
