namespace Scoring.Core.Names;

/// <summary>What a name is of which there may be only so many. The numbers are stored.</summary>
public enum NameKind : byte
{
    /// <summary>The type of events.</summary>
    EventType = 1,

    /// <summary>A feature that events use.</summary>
    Feature = 2,

    /// <summary>The key of attributes of customers.</summary>
    CustomerAttribute = 3,

    /// <summary>The key of attributes of accounts. There may be any number in a workspace, and so many of one account.</summary>
    AccountAttribute = 4,
}
