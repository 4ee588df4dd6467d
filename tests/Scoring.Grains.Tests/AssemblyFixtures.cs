using Scoring.Engine.Postgres.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]
