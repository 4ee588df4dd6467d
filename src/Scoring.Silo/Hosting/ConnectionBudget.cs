using Npgsql;
using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Silo.Hosting;

/// <summary>Whether PostgreSQL has room for the connections that the silos of a cluster may take together.</summary>
internal static partial class ConnectionBudget
{
    /// <summary>Connections of a silo for the membership of the cluster, beside those of the setting.</summary>
    public const int ForMembership = 2;

    // What the user of the silo may take: reserved ones are for others, whoever asks last.
    private const string Available = """
        SELECT current_setting('max_connections')::integer
            - current_setting('superuser_reserved_connections')::integer
            - coalesce(current_setting('reserved_connections', true), '0')::integer
        """;

    // 3 is an active silo. One that stopped telling that it is alive has ended, whether or not others have noticed.
    private const string Others = """
        SELECT count(*)::integer FROM scoring_silo
        WHERE deployment = @cluster AND status = 3 AND iamalivetime > now() - interval '2 minutes'
            AND NOT (address = @address AND port = @port)
        """;

    /// <summary>Refuses where this silo alone does not fit, and warns where it does not with the silos that there are.</summary>
    /// <exception cref="SettingException">This silo alone does not fit.</exception>
    public static async Task CheckAsync(
        NpgsqlDataSource source,
        SiloSettings silo,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var available = await NumberAsync(source.CreateCommand(Available), cancellationToken);
        var ofOne = silo.MaxConnections + ForMembership;
        if (ofOne > available)
        {
            throw new SettingException(
                $"Setting Silo:MaxConnections is {silo.MaxConnections} but must be at most {available - ForMembership}: PostgreSQL has {available} connections "
                    + $"(max_connections without those reserved), and a silo takes {ForMembership} more for the membership of the cluster. Or raise max_connections."
            );
        }
        var others = source.CreateCommand(Others);
        others.Parameters.AddWithValue("cluster", silo.ClusterId);
        others.Parameters.AddWithValue("address", silo.AdvertisedAddress?.ToString() ?? "");
        others.Parameters.AddWithValue("port", silo.SiloPort);
        var silos = 1 + (silo.Clustering == Clustering.Localhost ? 0 : await NumberAsync(others, cancellationToken));
        if (silos * ofOne > available)
        {
            TooFew(logger, silos, silos * ofOne, available, (available / silos) - ForMembership);
        }
    }

    private static async Task<int> NumberAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Silos} silos may take {Needed} connections to PostgreSQL, which has {Available} (max_connections without those reserved). Set Silo:MaxConnections to at most {Fits} on all of them, or raise max_connections; otherwise silos will not get connections when they need them."
    )]
    private static partial void TooFew(ILogger logger, int silos, int needed, int available, int fits);
}
