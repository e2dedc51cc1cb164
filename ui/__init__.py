"""The pages of the app, one a file: functions of a store and parameters."""
