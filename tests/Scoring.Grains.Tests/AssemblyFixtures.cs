using Scoring.Postgres.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]
