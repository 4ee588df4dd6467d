namespace Scoring.Engine.Archive;

/// <summary>What the numbers in events stand for. As long as an instance is used, a number stands for the same name.</summary>
internal interface IArchiveNames
{
    /// <summary>The event type of a number.</summary>
    string EventType(int number);

    /// <summary>The feature of a number.</summary>
    string Feature(int number);

    /// <summary>The account id of a number.</summary>
    string Account(int number);
}
