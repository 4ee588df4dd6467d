namespace Scoring.Silo.Settings;

/// <summary>How silos find each other.</summary>
internal enum Clustering
{
    /// <summary>Not at all: one silo on this machine, for development.</summary>
    Localhost,

    /// <summary>By PostgreSQL.</summary>
    Postgres,
}
