"""Everything that Keva needs, on one machine: mongod, the services and the Twilio simulator."""
