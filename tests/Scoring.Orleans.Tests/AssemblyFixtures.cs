using Scoring.Cluster.Tests.Customers;
using Scoring.Cluster.Tests.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServer))]
// Tests stop silos of the cluster that they share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: TestCollectionOrderer(typeof(MeasuredFirst))]
