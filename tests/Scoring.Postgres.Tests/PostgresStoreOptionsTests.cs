namespace Scoring.Postgres.Tests;

public sealed class PostgresStoreOptionsTests
{
    [Theory]
    [InlineData("Host=db;Database=scoring", "db")]
    [InlineData("Host=db1,db2:5433;Database=scoring;SSL Mode=Require", "db1 db2:5433")]
    [InlineData("Host=10.0.0.9;SSL Mode=VerifyCA", "")]
    [InlineData("Host=db;SSL Mode=VerifyFull", "")]
    [InlineData("Host=/run/postgresql", "")]
    [InlineData("Host=localhost", "")]
    [InlineData("Host=127.0.0.1", "")]
    [InlineData("Host=::1", "")]
    public void A_host_on_another_machine_is_known_only_where_its_certificate_is_verified(
        string database,
        string unverified
    ) =>
        Assert.Equal(
            unverified,
            string.Join(' ', new PostgresStoreOptions { Databases = [database], Server = "here" }.UnverifiedHosts)
        );
}
