namespace Scoring.Core.History;

/// <summary>What, other than an event, changed a customer or an account. The numbers are stored and never change.</summary>
public enum ChangeKind : byte
{
    /// <summary>Account or attributes were set.</summary>
    Update = 1,

    /// <summary>A manual adjustment was put or removed.</summary>
    Adjustment = 2,

    /// <summary>Another customer was merged into this one.</summary>
    Adoption = 3,

    /// <summary>This customer was merged into another one: from then on it is none.</summary>
    Merged = 4,

    /// <summary>It was taken out of its account, because that was deleted.</summary>
    LeftAccount = 5,

    /// <summary>What was known when its archive begins. It comes before everything else.</summary>
    Opening = 6,

    /// <summary>Names were removed, with all that the customer had under them.</summary>
    Pruning = 7,

    /// <summary>Seats or attributes of an account were set.</summary>
    AccountUpdate = 8,

    /// <summary>What was known of an account when changes of accounts begin to be kept. It takes the place of everything before it.</summary>
    AccountOpening = 9,

    /// <summary>An event was voided that had been recorded wrongly. The customer stays known, whatever else there is of it.</summary>
    Correction = 10,
}
