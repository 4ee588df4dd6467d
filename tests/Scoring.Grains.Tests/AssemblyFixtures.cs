using Scoring.Grains.Tests.Specs;
using Scoring.Postgres.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(ProcessClusters))]
