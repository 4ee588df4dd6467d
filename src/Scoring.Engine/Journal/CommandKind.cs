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

    /// <summary>Adjusts a customer's score in a model, or removes the adjustment.</summary>
    AdjustScore = 9,

    /// <summary>Begins to merge a customer into another: it changes no more, and what comes of it is the survivor's.</summary>
    BeginMerge = 10,

    /// <summary>Adds what is stored of a customer that is being merged to the survivor.</summary>
    AdoptCustomer = 11,

    /// <summary>Ends a merge: nothing is left of the customer but its id, which stands for the survivor.</summary>
    EndMerge = 12,

    /// <summary>Gives a merge up that was begun: the survivor cannot adopt the customer.</summary>
    CancelMerge = 13,

    /// <summary>Forgets the id of a customer that was merged, because the survivor is being deleted.</summary>
    ForgetMerged = 14,

    /// <summary>Records events of customers that were merged into one, for that one.</summary>
    RecordForSurvivor = 15,

    /// <summary>Forgets the id of an account that is being deleted, which the past of customers has who belonged to it.</summary>
    ForgetAccount = 16,

    /// <summary>Voids events of a customer, and records others in their place.</summary>
    CorrectEvents = 17,
}
