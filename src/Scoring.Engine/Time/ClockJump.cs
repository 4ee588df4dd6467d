namespace Scoring.Engine.Time;

/// <summary>The system's clock says something else than times of receipt.</summary>
/// <param name="Offset">How far the system's clock lies ahead of the time of receipt; negative when behind.</param>
/// <param name="Since">For how long it has stayed there.</param>
/// <param name="FollowedIn">After which time it is followed if it stays there.</param>
public sealed record ClockJump(TimeSpan Offset, TimeSpan Since, TimeSpan FollowedIn);
