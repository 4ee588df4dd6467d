namespace Scoring.Engine.Journal;

/// <summary>What a command does. The numbers are stored.</summary>
public enum CommandKind : byte
{
    /// <summary>Records events, in the encoded form of <see cref="Core.Recording.EventBatch"/>.</summary>
    RecordEvents = 1,

    /// <summary>Adds or changes customers.</summary>
    UpsertCustomers = 2,

    /// <summary>Adds or changes accounts.</summary>
    UpsertAccounts = 3,

    /// <summary>Says which names have room always.</summary>
    ReserveNames = 4,

    /// <summary>Removes names and all that is held under them.</summary>
    PruneNames = 5,

    /// <summary>Says that another process has the partition from here on; nothing else.</summary>
    TakeOver = 6,

    /// <summary>Deletes a customer.</summary>
    DeleteCustomer = 7,

    /// <summary>Deletes an account: what is known of it in its own partition, and its members' belonging to it in each.</summary>
    DeleteAccount = 8,
}
